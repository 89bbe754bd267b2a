// The icons, in the classes that follow JupyterLab's theme.
import { LabIcon } from "@jupyterlab/ui-components";

const svg = (inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">${inside}</svg>`;

/** Three sliders: values to be set. */
const SLIDERS = svg(
  '<g class="jp-icon3" fill="#616161">' +
    '<path d="M1.5 3h7v1.2h-7zM12.5 3h2v1.2h-2zM1.5 7.4h2v1.2h-2zM7.5 7.4h7v1.2h-7zM1.5 11.8h5v1.2h-5zM10.5 11.8h4v1.2h-4z"/>' +
    '<circle cx="10.5" cy="3.6" r="2"/><circle cx="5.5" cy="8" r="2"/><circle cx="8.5" cy="12.4" r="2"/>' +
    "</g>",
);

export const tuneIcon = new LabIcon({ name: "jupyter-hpo:tune", svgstr: SLIDERS });
