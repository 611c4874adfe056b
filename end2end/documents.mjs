// Invoices and orders as their tests walk through them.

export const bar = page => page.getByRole("navigation", { name: "Modules" });
export const button = (page, name) => page.getByRole("button", { name, exact: true });

/** Opens the module of that name and makes a datasheet in it, which is open then. */
export async function make(page, module, name) {
    await bar(page).getByRole("link", { name: module }).click();
    await button(page, "New datasheet").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill(name);
    await dialog.getByRole("button", { name: "Add" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("searchbox").fill(name);
    await page.getByRole("article", { name }).getByRole("link").click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** Waits until a datasheet's status is this. */
export async function is(page, name) {
    await page.waitForFunction(
        name => document.querySelector("#sheet-status")?.selectedOptions[0]?.textContent.trim() === name, name,
    );
}

/** The count of a status in the tree of the module page; a group may be called the same. */
export const counted = (page, name) =>
    page.getByRole("treeitem", { name, exact: true }).and(page.locator("[data-color]")).locator("[data-count]").textContent();
