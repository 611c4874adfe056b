// An order to its invoice.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, finish, noViolations, ready, startApp } from "../app.mjs";
import { bar, button, counted, is, make } from "../documents.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

/** Waits until the tree of a module page that stays open counts so many in a status. */
async function counts(page, name, n) {
    await page.waitForFunction(
        ([name, n]) => [...document.querySelectorAll("[role=treeitem][data-color]")].some(item =>
            item.getAttribute("aria-label") === name && Number(item.querySelector("[data-count]")?.textContent) === n),
        [name, n],
    );
}

test("an order goes from draft to its invoice, and each move is seen in the tree without a reload", async () => {
    const page = await app.open();
    await make(page, "Orders", "Zz Bolt Bt.");
    const other = await app.open();
    await bar(other).getByRole("link", { name: "Orders" }).click();
    await other.getByRole("treeitem", { name: "Draft" }).waitFor();
    await becomes(() => button(other, "Customise statuses").count(), 0);
    const names = ["Draft", "In progress", "Completed", "Failed", "Successful"];
    const before = {};
    for (const name of names) before[name] = Number(await counted(other, name));
    const isIn = async name => {
        await is(page, name);
        for (const each of names) {
            await counts(other, each, before[each] - (each === "Draft") + (each === name));
        }
    };

    await button(page, "Add line").click();
    await page.keyboard.type("Chair");
    await page.getByRole("textbox", { name: "Net unit price, line 1" }).fill("100");
    await page.getByText("HUF 127").first().waitFor();
    for (const [step, status, next] of [
        ["Finalise", "In progress", ["Complete", "Edit"]],
        ["Edit", "Draft", ["Finalise"]],
        ["Finalise", "In progress", ["Complete", "Edit"]],
        ["Complete", "Completed", ["Paid", "Failed"]],
        ["Failed", "Failed", ["Paid"]],
        ["Paid", "Successful", ["Make invoice"]],
    ]) {
        await button(page, step).click();
        await isIn(status);
        const shown = await page.locator(".process__steps button").allTextContents();
        assert.deepEqual(shown, next, `after ${step}`);
    }
    await noViolations(page);
    await button(page, "Make invoice").click();
    const link = page.locator(".process__link a");
    await link.waitFor();
    await becomes(() => button(page, "Make invoice").count(), 0);
    await link.click();
    await is(page, "To issue");
    assert.equal(await page.getByRole("textbox", { name: "Name, line 1" }).inputValue(), "Chair");
    await page.getByRole("textbox", { name: "Address", exact: true }).fill("1011 Budapest, Fő utca 1.");
    await button(page, "Issue").click();
    // The order is paid, and so is its invoice.
    await is(page, "Paid");
    await page.getByText("Order: Zz Bolt Bt.").waitFor();
    await page.locator(".process__link a").click();
    await is(page, "Successful");
    await finish(other);
    await finish(page);
});

test("a move that is not allowed is answered by 409 and what is", async () => {
    const page = await app.open();
    await make(page, "Orders", "Zz Tiltott Bt.");
    const id = Number(new URL(page.url()).pathname.split("/").pop());
    const answer = await page.evaluate(async id => {
        const response = await fetch("/api/processes/act", {
            method: "POST",
            headers: { "content-type": "application/json", accept: "application/json" },
            body: JSON.stringify({ key: crypto.randomUUID(), datasheet: id, version: 1, action: { orders: { move: "paid" } } }),
        });
        return [response.status, await response.text()];
    }, id);
    assert.equal(answer[0], 409);
    assert.match(answer[1], /"not_now":\["finalise"\]/);
    page.complaints = page.complaints.filter(text => !text.includes("409"));
    await finish(page);
});

test("each reader sees statuses in their own language, live too, and in another one after choosing it", async () => {
    const page = await app.open();
    await make(page, "Orders", "Zz Két Nyelv Bt.");
    await is(page, "Draft");
    const path = new URL(page.url()).pathname;
    const hungarian = await app.open(path, { locale: "hu-HU" });
    await is(hungarian, "Piszkozat");
    await button(page, "Add line").click();
    await page.keyboard.type("Szék");
    await page.keyboard.press("Tab");
    await button(page, "Finalise").click();
    await is(page, "In progress");
    await is(hungarian, "Folyamatban");
    const told = (page, region, text) => page.getByRole("region", { name: region }).getByRole("listitem").filter({ hasText: text }).first().waitFor();
    await told(page, "History", "Draft → In progress");
    await told(hungarian, "Előzmények", "Piszkozat → Folyamatban");
    await noViolations(hungarian);

    // The tree and the rows of the module.
    await hungarian.getByRole("navigation", { name: "Modulok" }).getByRole("link", { name: "Megrendelés" }).click();
    await hungarian.getByRole("treeitem", { name: "Befejezett" }).waitFor();
    await hungarian.getByRole("searchbox").fill("Zz Két Nyelv");
    await hungarian.getByRole("article", { name: "Zz Két Nyelv Bt." }).getByText("Folyamatban").waitFor();

    await hungarian.goto(`${app.server.address}/profile`);
    await ready(hungarian);
    await hungarian.getByRole("combobox", { name: "Nyelv" }).selectOption("en");
    await hungarian.getByRole("button", { name: "Mentés" }).first().click();
    await hungarian.waitForURL(/saved=1/);
    await hungarian.goto(app.server.address + path);
    await ready(hungarian);
    await is(hungarian, "In progress");
    await told(hungarian, "History", "Draft → In progress");
    await finish(hungarian);
    await finish(page);
});
