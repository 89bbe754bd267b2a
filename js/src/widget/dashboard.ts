// The live dashboard: an anywidget module. One session per model, any number of views.
import { mount } from "../board/board";
import { Session } from "../board/session";
import type { Model } from "../core/commands";
import { WidgetTransport } from "../core/transport";

export default () => {
  let session: Session | null = null;
  const begin = (model: Model): Session => (session ??= new Session(new WidgetTransport(model)));
  return {
    initialize({ model }: { model: Model }) {
      begin(model);
      return () => session?.dispose();
    },
    render({ model, el }: { model: Model; el: HTMLElement }) {
      return mount(el, begin(model));
    },
  };
};
