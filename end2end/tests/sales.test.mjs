// Sales: fields and the clock move a lead, and the tree shows it without a reload.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { becomes, finish, noViolations, ready, startApp } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const tree = page => page.getByRole("tree", { name: "Statuses" });
const inGroup = (page, group, name) => tree(page).locator(`[role=treeitem][data-group=${group}]`).and(page.getByRole("treeitem", { name, exact: true }));
const number = async item => Number((await item.locator("[data-count]").first().textContent()).replace(/[^0-9]/g, ""));

const expectNumber = (item, expected) => becomes(() => number(item), expected);

/** Opens a new Sales module of that name, added through the gallery. */
async function newModule(page, name) {
    await page.getByRole("button", { name: "Add module" }).click();
    const dialog = page.getByRole("dialog", { name: "Add module" });
    await dialog.getByRole("radio", { name: "Sales", exact: true }).check();
    await dialog.getByRole("textbox", { name: "Name" }).fill(name);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("navigation", { name: "Modules" }).getByRole("link", { name, exact: true }).and(page.locator("[aria-current=page]")).waitFor();
}

async function newLead(page, name) {
    await page.getByRole("button", { name: "New datasheet" }).click();
    const dialog = page.getByRole("dialog", { name: "New datasheet" });
    await dialog.getByRole("textbox", { name: "Name" }).fill(name);
    await dialog.getByRole("button", { name: /^(Add|Create|Save)/ }).click();
    await page.getByRole("article", { name, exact: true }).waitFor();
}

test("the adviser recommends Sales for many leads and says why", async () => {
    const page = await app.open();
    await page.getByRole("button", { name: "Add module" }).click();
    const dialog = page.getByRole("dialog", { name: "Add module" });
    await dialog.getByText("Help me choose").click();
    for (const [question, answer] of [["many leads", "Yes"], ["steps show", "No"], ["documents", "No"]]) {
        await dialog.getByRole("group", { name: new RegExp(question) }).getByRole("radio", { name: answer }).check();
    }
    await dialog.getByText(/^Recommended: Sales\. With many leads/).waitFor();
    await dialog.getByRole("button", { name: "Choose it" }).click();
    assert.ok(await dialog.getByRole("radio", { name: "Sales", exact: true }).isChecked());
    await finish(page);
});

test("a lead goes from new to won, and an open module page follows without a reload", async () => {
    const page = await app.open();
    await newModule(page, "Deals");
    // The tree of the module before stays until the new one is there.
    await page.getByRole("button", { name: "Customise statuses" }).waitFor({ state: "detached" });
    await newLead(page, "Duna Kft.");
    await expectNumber(inGroup(page, "lead", "To qualify"), 1);

    const sheet = await app.open(await page.getByRole("article", { name: "Duna Kft." }).getByRole("link").getAttribute("href"));
    const status = sheet.getByRole("combobox", { name: "Sales status" });
    await sheet.getByRole("radiogroup", { name: "Qualification" }).getByRole("radio", { name: "Target", exact: true }).check();
    await expectNumber(inGroup(page, "lead", "Target"), 1);
    await status.selectOption({ label: "In progress" });
    await expectNumber(inGroup(page, "open", "Target"), 1);
    const value = sheet.getByRole("textbox", { name: "Value" });
    await value.fill("3,400,000 HUF");
    await value.press("Tab");
    await inGroup(page, "open", "Target").getByText("3.4M").waitFor();
    await sheet.getByRole("switch", { name: "Hot" }).check();
    await expectNumber(inGroup(page, "open", "Hot: Target"), 1);
    await sheet.getByRole("list", { name: "Step of the sale" }).getByRole("button", { name: "Offer" }).click();
    await sheet.locator("[aria-current=step]", { hasText: "Offer" }).waitFor();
    await status.selectOption({ label: "Won" });
    await expectNumber(inGroup(page, "success", "Target"), 1);
    await inGroup(page, "success", "Target").getByText("3.4M").waitFor();
    await sheet.getByText(/Hot: Target → Target/).first().waitFor();

    // Taken back from the toast, and seen there too.
    await sheet.getByRole("status").getByRole("button", { name: "Undo" }).last().click();
    await expectNumber(inGroup(page, "open", "Hot: Target"), 1);

    // The funnel remembers how far it got.
    await page.getByText("Funnel", { exact: true }).click();
    await page.getByRole("row", { name: /^Hot 1 / }).waitFor();
    for (const one of [page, sheet]) {
        await noViolations(one);
    }
    await finish(sheet);
    await finish(page);
});

test("lost asks why, keeps the move while asking, and loses nothing", async () => {
    const page = await app.open();
    await newModule(page, "Lost deals");
    await newLead(page, "Tisza Bt.");
    await page.getByRole("article", { name: "Tisza Bt." }).getByRole("link").click();
    await page.waitForURL(/\/d\/\d+/);
    const status = page.getByRole("combobox", { name: "Sales status" });
    await status.selectOption({ label: "Lost" });
    const dialog = page.getByRole("dialog", { name: "Why was it lost?" });
    await dialog.getByRole("button", { name: "Lost" }).click();
    await dialog.getByText("Why lost: must be filled in.").waitFor();
    await dialog.getByRole("textbox", { name: "Why lost" }).fill("Too expensive");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    // The browser says that a dialog was closed a moment after it is gone.
    await page.waitForFunction(select => select.value === "discovery", await status.elementHandle());
    await status.selectOption({ label: "Lost" });
    assert.equal(await dialog.getByRole("textbox", { name: "Why lost" }).inputValue(), "Too expensive");
    await dialog.getByRole("button", { name: "Lost" }).click();
    await page.getByRole("textbox", { name: "Why lost" }).waitFor();
    await page.reload();
    await ready(page);
    assert.equal(await status.inputValue(), "lost");
    assert.equal(await page.getByRole("textbox", { name: "Why lost" }).inputValue(), "Too expensive");
    await finish(page);
});

test("a lead is qualified on its row by keyboard, the focus stays, and it can be undone", async () => {
    const page = await app.open();
    await newModule(page, "Rows");
    await newLead(page, "Körös Zrt.");
    const row = page.getByRole("article", { name: "Körös Zrt." });
    const group = row.getByRole("radiogroup", { name: "Qualification" });
    await row.focus();
    for (let steps = 0; steps < 10 && !(await group.evaluate(element => element.contains(document.activeElement))); steps += 1) {
        await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Space");
    await expectNumber(inGroup(page, "lead", "Non-target"), 1);
    await page.keyboard.press("ArrowRight");
    await expectNumber(inGroup(page, "lead", "Target"), 1);
    assert.ok(await group.getByRole("radio", { name: "Target", exact: true }).evaluate(element => element === document.activeElement));
    await page.getByRole("status").getByRole("button", { name: "Undo" }).last().click();
    await expectNumber(inGroup(page, "lead", "Non-target"), 1);
    await group.getByRole("radio", { name: "Non-target", checked: true }).waitFor();
    for (const width of [360, 900, 1280, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        const [height, needed, wide] = await row.evaluate(element => [element.clientHeight, element.scrollHeight, document.documentElement.scrollWidth]);
        assert.ok(needed <= height, `${width}: the row is cut`);
        assert.ok(wide <= width, `${width}: the page scrolls sideways`);
    }
    await finish(page);
});

test("a case in progress that nobody touches is forgotten when the clock has moved on", async () => {
    const page = await app.open();
    await newModule(page, "Old deals");
    await newLead(page, "Maros Kft.");
    const row = page.getByRole("article", { name: "Maros Kft." });
    await row.getByRole("radio", { name: "VIP" }).check();
    await expectNumber(inGroup(page, "lead", "VIP"), 1);
    const sheet = await app.open(await row.getByRole("link").getAttribute("href"));
    await sheet.getByRole("combobox", { name: "Sales status" }).selectOption({ label: "In progress" });
    await expectNumber(inGroup(page, "open", "VIP"), 1);
    const later = new Date(Date.now() + 31 * 86_400_000).toISOString();
    execFileSync(process.env.MODULOK_BIN, ["tick", "--database", app.server.database, "--now", later]);
    // Another program moved it, and the open pages follow, the list's and the lead's.
    await expectNumber(inGroup(page, "open", "Forgotten"), 1);
    await sheet.getByText("status: VIP → Forgotten (as time passed)").waitFor();
    await finish(sheet);
    await finish(page);
});

test("admins rename and add steps and set the days", async () => {
    const page = await app.open();
    await newModule(page, "Steps");
    await newLead(page, "Rába Kft.");
    const open = await app.open(await page.getByRole("article", { name: "Rába Kft." }).getByRole("link").getAttribute("href"));
    const seen = open.getByRole("list", { name: "Step of the sale" }).getByRole("button");
    await seen.filter({ hasText: "Negotiation" }).focus();
    await page.getByRole("button", { name: "Settings of sales" }).click();
    const dialog = page.getByRole("dialog", { name: "Settings of sales" });
    await dialog.getByRole("spinbutton", { name: "Forgotten after so many days" }).fill("14");
    await dialog.getByRole("textbox", { name: "Steps of the sale: step 1" }).fill("Hello");
    await dialog.getByRole("button", { name: "Add a step: Steps of the sale" }).click();
    await dialog.getByRole("textbox", { name: "Steps of the sale: step 6" }).fill("Signature");
    await dialog.getByRole("button", { name: "Remove Needs" }).click();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("article", { name: "Rába Kft." }).getByRole("link").click();
    await page.waitForURL(/\/d\/\d+/);
    const steps = page.getByRole("list", { name: "Step of the sale" }).getByRole("button");
    await steps.first().waitFor();
    const now = ["Hello", "Offer", "Negotiation", "Contract", "Signature"];
    await becomes(() => steps.allTextContents(), now);
    // Whoever had the lead open sees them too, and stands where they stood.
    await becomes(() => seen.allTextContents(), now);
    await becomes(() => open.evaluate(() => document.activeElement?.textContent.trim()), "Negotiation");
    await finish(open);
    await finish(page);
});
