// The trash of a module: what goes there is found, brought back, or deleted for good.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, eventually, finish, noViolations, ready, startApp, still } from "../app.mjs";

let app, sheet, trash;
before(async () => {
    app = await startApp();
    const page = await app.open();
    const links = page.getByRole("region", { name: "Datasheets" }).getByRole("article").locator("a[href^='/d/']");
    sheet = await links.nth(3).getAttribute("href");
    trash = `${await page.locator(".module-bar [aria-current=page]").getAttribute("href")}/trash`;
    await page.context().close();
});
after(async () => { await app?.stop(); });

const toast = page => page.getByRole("status");
const lines = page => page.locator(".trash-list > li");
const line = (page, href) => lines(page).filter({ has: page.locator(`a[href='${href}']`) });
const dialog = page => page.getByRole("dialog", { name: "Delete permanently" });

test("a datasheet goes to the trash from its page, is found there with who put it there, and comes back", async () => {
    const page = await app.open(sheet);
    const name = await page.getByRole("heading", { level: 1 }).textContent();
    const said = page.getByText("This datasheet is in the trash.");
    await page.getByRole("button", { name: "Move to trash" }).click();
    await said.waitFor();
    await toast(page).getByRole("button", { name: "Undo" }).click();
    await said.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Move to trash" }).click();
    await toast(page).getByText("The datasheet is in the trash.").waitFor();
    await page.getByRole("link", { name: "The module's trash" }).click();
    await page.waitForURL(/\/m\/\d+\/trash$/);
    await page.getByRole("heading", { level: 1, name: "Trash" }).waitFor();
    await eventually(async () => assert.equal(await lines(page).first().getByRole("link").getAttribute("href"), sheet));
    await line(page, sheet).getByText(/^trashed by Kovács Anna/).waitFor();
    assert.equal(await page.locator(".module-bar [aria-current=page]").getAttribute("href"), trash.replace("/trash", ""));

    const restore = line(page, sheet).getByRole("button", { name: `Restore: ${name}` });
    await restore.focus();
    await page.keyboard.press("Enter");
    await line(page, sheet).waitFor({ state: "detached" });
    // The focus goes on to the next one.
    await eventually(async () => assert.match(
        await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? ""), /^Restore: /,
    ));
    await toast(page).getByText("The datasheet is restored.").waitFor();
    await toast(page).getByRole("button", { name: "Undo" }).click();
    await line(page, sheet).waitFor();
    await line(page, sheet).getByRole("button", { name: /^Restore: / }).click();
    await toast(page).getByText("The datasheet is restored.").waitFor();
    await page.goto(app.server.address + sheet);
    await ready(page);
    await page.getByRole("button", { name: "Move to trash" }).waitFor();
    assert.equal(await said.isVisible(), false);
    await finish(page);
});

test("the menu of the module page leads to its trash, by keyboard and in Hungarian", async () => {
    const page = await app.open("/", { locale: "hu-HU" });
    await page.getByRole("button", { name: "További műveletek", exact: true }).focus();
    await page.keyboard.press("Enter");
    const item = page.getByRole("menuitem", { name: "Kuka" });
    await item.waitFor();
    await page.keyboard.press("End");
    await eventually(async () => assert.ok(await item.evaluate(element => element === document.activeElement)));
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/trash$/);
    await page.getByRole("heading", { level: 1, name: "Kuka" }).waitFor();
    assert.ok(await lines(page).count() >= 3, "the samples have some");
    await finish(page);
});

test("an admin is told what goes before a datasheet is deleted for good", async () => {
    const page = await app.open(trash);
    const href = await lines(page).first().getByRole("link").getAttribute("href");
    const name = await lines(page).first().getByRole("link").textContent();
    const ask = line(page, href).getByRole("button", { name: /^Delete permanently/ });
    await ask.click();
    await dialog(page).getByText("This is deleted with it:").waitFor();
    await dialog(page).getByText(name, { exact: true }).waitFor();
    await dialog(page).getByText("History").waitFor();
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "hidden" });
    await becomes(() => line(page, href).count(), 1);

    await ask.click();
    await dialog(page).getByRole("button", { name: "Delete permanently" }).click();
    await toast(page).getByText(`Permanently deleted: ${name}`).waitFor();
    await line(page, href).waitFor({ state: "detached" });
    const gone = await page.goto(app.server.address + href);
    assert.equal(gone.status(), 404);
    page.complaints = page.complaints.filter(text => !text.includes("404"));
    await finish(page);
});

test("axe finds nothing against the trash and its dialog, and neither is wider than a narrow screen", async () => {
    for (const scheme of ["light", "dark"]) {
        for (const width of [1280, 360]) {
            const page = await app.open(trash, { scheme, width, touch: width === 360 });
            await noViolations(page, { what: `${scheme} ${width}` });
            await lines(page).first().getByRole("button", { name: /^Delete permanently/ }).click();
            await dialog(page).getByText("This is deleted with it:").waitFor();
            await still(dialog(page));
            await noViolations(page, { what: `the dialog, ${scheme} ${width}` });
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            assert.ok(wide <= 0, `it is ${wide} px too wide`);
            if (process.env.MODULOK_SHOTS) {
                await page.screenshot({ path: `${process.env.MODULOK_SHOTS}/trash-dialog-${scheme}-${width}.png` });
                await page.keyboard.press("Escape");
                await page.screenshot({ path: `${process.env.MODULOK_SHOTS}/trash-${scheme}-${width}.png` });
            }
            await finish(page);
        }
    }
});

test("the trash is read without JavaScript", async () => {
    const page = await app.open(trash, { javaScript: false });
    await lines(page).first().waitFor();
    await page.context().close();
});
