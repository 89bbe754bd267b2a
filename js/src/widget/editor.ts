// The space editor: an anywidget module.
import { CommandClient, type Model } from "../core/commands";
import { revive } from "../core/decode";
import type { EditorSpec } from "../core/protocol";
import { mount } from "../editor/editor";

export default () => ({
  render({ model, el }: { model: Model; el: HTMLElement }) {
    const client = new CommandClient(model);
    const unmount = mount(el, revive(model.get("_spec")) as EditorSpec, client);
    return () => {
      unmount();
      client.dispose();
    };
  },
});
