// Copying, also where a page may not use the clipboard by itself: in frames, over plain HTTP.

/** Whether it worked. near: an element of the page the text is for. */
export async function copy(text: string, near: Element): Promise<boolean> {
  const page = near.ownerDocument;
  try {
    await page.defaultView!.navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = page.createElement("textarea");
    area.value = text;
    area.style.cssText = "position:fixed;opacity:0";
    near.after(area);
    area.select();
    try {
      return page.execCommand("copy");
    } catch {
      return false;
    } finally {
      area.remove();
      (near as HTMLElement).focus();
    }
  }
}
