// An invoice from draft to paid to storno, and an order to its invoice.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import { finish, startApp } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const bar = page => page.getByRole("navigation", { name: "Modules" });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const status = page => page.locator("#sheet-status option:checked");

/** Opens the module of that name and makes a datasheet in it; answers its address. */
async function make(page, module, name) {
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

async function noViolations(page) {
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(violations.map(violation => [violation.id, violation.nodes.map(node => node.html)]), []);
}

/** Waits until a datasheet's status is this. */
async function is(page, name) {
    await page.waitForFunction(
        name => document.querySelector("#sheet-status")?.selectedOptions[0]?.textContent.trim() === name, name,
    );
}

/** The count of a status in the tree of the module page. */
const counted = (page, name) => page.getByRole("treeitem", { name }).locator("[data-count]").first().textContent();

test("a document is printed in both languages, with JavaScript off too", async () => {
    const page = await app.open();
    await bar(page).getByRole("link", { name: "Számlázás" }).click();
    await page.getByRole("treeitem", { name: "Fizetett" }).click();
    await page.getByRole("region", { name: "Datasheets" }).getByRole("article").first().getByRole("link").click();
    const href = await page.getByRole("link", { name: "Printable page" }).getAttribute("href");
    await finish(page);
    for (const [lang, words] of [["hu", ["Eladó", "Vevő", "Fizetendő"]], ["en", ["Seller", "Buyer", "To pay"]]]) {
        const printed = await app.open(`${href}?lang=${lang}`, { javaScript: false });
        for (const word of words) await printed.getByText(word, { exact: true }).first().waitFor();
        assert.equal(await printed.locator("html").getAttribute("lang"), lang);
        await printed.context().close();
    }
    for (const width of [360, 1280]) {
        // Nothing of the browser half is on this page: it does not get «ready».
        const context = await app.browser.newContext({ storageState: await app.signIn(), viewport: { width, height: 900 } });
        const printed = await context.newPage();
        await printed.goto(`${app.server.address}${href}`);
        await noViolations(printed);
        assert.ok(await printed.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`);
        await context.close();
    }
});

test("an order goes its way and makes its invoice, once, linked both ways", async () => {
    const page = await app.open();
    await make(page, "Megrendelés", "Zz Bolt Bt.");
    await button(page, "Add line").click();
    await page.getByRole("textbox", { name: "Name, line 1" }).fill("Chair");
    await page.getByRole("textbox", { name: "Net unit price, line 1" }).fill("100");
    for (const step of ["Finalise", "Edit", "Finalise", "Complete", "Failed", "Paid"]) {
        await button(page, step).click();
        await button(page, step).waitFor({ state: "detached" });
    }
    await noViolations(page);
    await button(page, "Make invoice").click();
    const link = page.locator(".process__link a");
    await link.waitFor();
    assert.equal(await button(page, "Make invoice").count(), 0);
    await link.click();
    await is(page, "Kiállítandó");
    assert.equal(await page.getByRole("textbox", { name: "Name, line 1" }).inputValue(), "Chair");
    await button(page, "Issue").click();
    await is(page, "Kiállított");
    await page.getByText("Order: Zz Bolt Bt.").waitFor();
    await page.locator(".process__link a").click();
    await is(page, "Sikeres");
    await finish(page);
});
