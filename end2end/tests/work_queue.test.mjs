// A morning's work: from sign-in to an empty Overdue, and each action with its undo.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, bucket, count, eventually, expectCount, finish, ready, startApp } from "../app.mjs";


let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const rows = page => page.getByRole("region", { name: "Datasheets" }).getByRole("article");

test("the module page shows the bar, the list and the tree", async () => {
    const page = await app.open();
    assert.match(page.url(), /\/m\/\d+/);
    const bar = page.getByRole("navigation", { name: "Modules" });
    await becomes(() => bar.locator("[aria-current=page]").count(), 1);
    assert.ok(await bar.getByRole("link").count() >= 3);
    assert.ok(await rows(page).count() > 5);
    const tree = page.getByRole("tree", { name: "Statuses" });
    assert.ok(await tree.getByRole("treeitem").count() >= 8);
    assert.ok(await tree.locator("[data-count]").count() >= 4);
    await finish(page);
});

test("closing a to-do takes effect at once and can be undone", async () => {
    const page = await app.open();
    const overdue = await count(page, "Overdue");
    assert.ok(overdue > 0);
    const name = await rows(page).first().getAttribute("aria-label");
    await rows(page).first().getByRole("button", { name: /^Close to-do/ }).click();
    await expectCount(page, "Overdue", overdue - 1);
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await expectCount(page, "Overdue", overdue);
    assert.equal(await rows(page).first().getAttribute("aria-label"), name);
    await page.reload();
    await ready(page);
    await expectCount(page, "Overdue", overdue);
    await finish(page);
});

test("postponing moves the row to its new bucket and can be undone", async () => {
    const page = await app.open();
    const [overdue, tomorrow] = [await count(page, "Overdue"), await count(page, "Tomorrow")];
    await rows(page).first().getByRole("button", { name: /^Postpone/ }).click();
    for (const choice of ["Tomorrow", "Next working day", "Next Monday", "In a week", "In a month", "Pick a date"]) {
        await page.getByRole("menuitem", { name: new RegExp(`^${choice}`) }).waitFor();
    }
    await page.getByRole("menuitem", { name: /^Tomorrow/ }).click();
    await expectCount(page, "Overdue", overdue - 1);
    await expectCount(page, "Tomorrow", tomorrow + 1);
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await expectCount(page, "Overdue", overdue);
    await expectCount(page, "Tomorrow", tomorrow);
    await finish(page);
});

test("a status is set from the row by keyboard alone, the focus stays, and it can be undone", async () => {
    const page = await app.open();
    const control = rows(page).first().getByRole("button", { name: /^Status: / });
    const before = await control.getAttribute("aria-label");
    await rows(page).first().focus();
    for (let steps = 0; steps < 10 && !(await control.evaluate(element => element === document.activeElement)); steps += 1) {
        await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    const menu = page.getByRole("menu", { name: /^Status: / });
    await menu.waitFor();
    assert.equal(await control.getAttribute("aria-expanded"), "true");
    const chosen = menu.getByRole("menuitemradio", { checked: true });
    assert.ok(before.endsWith(`, ${await chosen.textContent()}`), before);
    assert.ok(await chosen.evaluate(element => element === document.activeElement), "the menu opens at the present status");
    const last = await menu.getByRole("menuitemradio").last().textContent();
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "detached" });
    assert.ok(await control.evaluate(element => element === document.activeElement), "Escape gives the focus back");
    await page.keyboard.press("Enter");
    await menu.waitFor();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.waitForFunction(([element, name]) => element.getAttribute("aria-label").endsWith(name), [await control.elementHandle(), `, ${last}`]);
    assert.ok(await control.evaluate(element => element === document.activeElement), "choosing gives the focus back");
    assert.equal(await control.getAttribute("aria-expanded"), "false");
    await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction(([element, name]) => element.getAttribute("aria-label") === name, [await control.elementHandle(), before]);
    await finish(page);
});

test("a row shows its name, its due time and its status at every width", async () => {
    for (const width of [360, 761, 900, 1000, 1001, 1280, 1400, 1920, 2560]) {
        const page = await app.open("/", { width });
        const row = rows(page).first();
        const [name, status, due] = [row.getByRole("link").locator("b"), row.getByRole("button", { name: /^Status: / }), row.locator(".row__due")];
        for (const part of [name, status, due]) {
            const box = await part.boundingBox();
            assert.ok(box && box.width >= 30 && box.height >= 12, `${width}: ${JSON.stringify(box)}`);
        }
        assert.ok((await name.boundingBox()).width >= 110, `${width}: the name has ${(await name.boundingBox()).width} px`);
        const [height, needed] = await row.evaluate(element => [element.clientHeight, element.scrollHeight]);
        assert.ok(needed <= height, `${width}: the row is cut`);
        await finish(page);
    }
});

test("a click on a status narrows the list, a second click widens it, and the URL says so", async () => {
    const page = await app.open();
    const status = page.getByRole("tree", { name: "Statuses" }).locator("[role=treeitem]:not([aria-expanded])").nth(1);
    await status.click();
    await page.waitForURL(/status=\d+/);
    await page.reload();
    await ready(page);
    await status.click();
    await page.waitForURL(url => !url.search.includes("status="));
    await finish(page);
});

test("a new datasheet with its first to-do stands in the list, also after a reload", async () => {
    const page = await app.open();
    const tomorrow = await count(page, "Tomorrow");
    await page.getByRole("button", { name: "New datasheet" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill("Őrségi Fogadó próba");
    await dialog.getByRole("textbox", { name: "To-do" }).fill("Call back");
    await dialog.getByRole("textbox", { name: "Due" }).fill("tomorrow");
    await dialog.getByRole("button", { name: "Add" }).click();
    await expectCount(page, "Tomorrow", tomorrow + 1);
    // Only rows near the window are in the page: the last of tomorrow is scrolled to, as a user would.
    const row = page.getByRole("article", { name: "Őrségi Fogadó próba" });
    const seen = async () => {
        for (let top = 0; top < 20_000 && (await row.count()) === 0; top += 400) {
            await page.evaluate(y => window.scrollTo(0, y), top);
            await page.waitForTimeout(50);
        }
        await row.getByText("Call back").waitFor();
    };
    await seen();
    await page.reload();
    await ready(page);
    await expectCount(page, "Tomorrow", tomorrow + 1);
    await seen();
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.getByRole("searchbox", { name: /^Search/ }).fill("orsegi fog");
    // The list of before stands until what was searched for comes.
    await eventually(async () => {
        const names = await rows(page).evaluateAll(rows => rows.map(row => row.getAttribute("aria-label") ?? row.textContent));
        assert.ok(names.length > 0 && names.every(name => /rségi/.test(name)), names.join(" | "));
    });
    await row.waitFor();
    await finish(page);
});

test("the list can be worked down to an empty Overdue", async () => {
    const page = await app.open();
    assert.ok(await count(page, "Overdue") > 0, "there is something to work down");
    // The clock goes on: what falls due while the test runs is worked down as well.
    for (let round = 0; round < 3 && (await bucket(page, "Overdue").count()) > 0; round += 1) {
        while ((await bucket(page, "Overdue").count()) > 0) {
            const first = rows(page).first();
            const id = await first.getAttribute("data-datasheet");
            await first.getByRole("button", { name: /^Postpone/ }).click();
            const answered = page.waitForResponse(/\/todos\/postpone/);
            await page.getByRole("menuitem", { name: /^In a week/ }).click();
            await answered;
            await becomes(async () => (await rows(page).first().getAttribute("data-datasheet")) === id, false);
        }
        await page.reload();
        await ready(page);
    }
    assert.equal(await bucket(page, "Overdue").count(), 0);
    await finish(page);
});

test("whoever opens a datasheet right after a letter of the search is not called back by it", async () => {
    const page = await app.open();
    // The code of the datasheet's page is on its way for longer than the search waits for a letter.
    await page.route("**/parts/**", async route => {
        await new Promise(resolve => setTimeout(resolve, 800));
        await route.continue();
    });
    const link = rows(page).first().getByRole("link").first();
    const name = await rows(page).first().getAttribute("aria-label");
    await page.getByRole("searchbox").pressSequentially(name.slice(0, 1));
    await link.click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    assert.match(new URL(page.url()).pathname, /^\/d\//);
    await finish(page);
});

test("what one module is narrowed by narrows no other: not its list, and not its search field", async () => {
    const page = await app.open();
    const search = page.getByRole("searchbox");
    const name = await rows(page).first().getAttribute("aria-label");
    await search.fill(name);
    await page.waitForURL(/[?&]q=/);
    const bar = page.getByRole("navigation", { name: "Modules" });
    const next = bar.getByRole("link").and(page.locator("[href^='/m/']:not([aria-current])")).first();
    await next.click();
    await page.waitForURL(url => !url.searchParams.has("q"));
    await becomes(() => search.inputValue(), "");
    const shown = () => rows(page).evaluateAll(all => all.map(row => row.getAttribute("aria-label")));
    await eventually(async () => assert.ok((await shown()).length > 5 && !(await shown()).includes(name)));
    const everybody = page.getByRole("link", { name: "Everybody" });
    await page.getByRole("link", { name: "Mine", exact: true }).click();
    await page.waitForURL(/owner=/);
    await bar.getByRole("link").and(page.locator("[href^='/m/']:not([aria-current])")).last().click();
    await becomes(() => everybody.getAttribute("aria-current"), "true");
    await page.goBack();
    await page.waitForURL(/owner=/);
    await becomes(() => everybody.getAttribute("aria-current"), null);
    await page.goBack();
    await page.waitForURL(url => !url.searchParams.has("owner"));
    await becomes(() => everybody.getAttribute("aria-current"), "true");
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("/");
    await becomes(() => search.evaluate(field => field === document.activeElement), true);
    await page.goBack();
    await page.waitForURL(/[?&]q=/);
    await becomes(() => search.inputValue(), name);
    await becomes(() => rows(page).first().getAttribute("aria-label"), name);
    await finish(page);
});

test("the search field follows going back, and two things done are taken back one after the other", async () => {
    const page = await app.open();
    const search = page.getByRole("searchbox");
    const name = await rows(page).first().getAttribute("aria-label");
    await search.fill(name);
    await page.waitForURL(/[?&]q=/);
    await page.goBack();
    await page.waitForURL(url => !url.searchParams.has("q"));
    await becomes(() => search.inputValue(), "");
    const names = () => rows(page).evaluateAll(all => all.slice(0, 2).map(row => row.getAttribute("aria-label")));
    const before = await names();
    for (const label of before) {
        await page.getByRole("article", { name: label, exact: true }).getByRole("button", { name: /^Postpone/ }).click();
        await page.getByRole("menuitem", { name: /^In a month/ }).click();
        await eventually(async () => assert.ok(!(await names()).includes(label)));
    }
    const undo = page.getByRole("status").getByRole("button", { name: "Undo" });
    await undo.click();
    await becomes(async () => (await names())[0], before[1]);
    await undo.click();
    await becomes(names, before);
    await finish(page);
});

test("choosing a status by keyboard keeps the place in the tree; groups can be chosen on a phone", async () => {
    const page = await app.open();
    const second = page.getByRole("tree", { name: "Statuses" }).locator("[role=treeitem]:not([aria-expanded])").nth(1);
    await second.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/status=/);
    const name = await second.getAttribute("aria-label");
    await becomes(() => page.evaluate(() => document.activeElement.getAttribute("aria-label")), name);
    await finish(page);
    const phone = await app.open("/", { width: 360, height: 740, touch: true });
    const group = phone.getByRole("tree", { name: "Statuses" }).locator(".status-tree__label").nth(1);
    await group.click();
    await phone.waitForURL(/group=/);
    await finish(phone);
});
