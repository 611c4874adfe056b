// Webshop: orders come by the API, by a file, and time passes; an open module page follows without a reload.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { becomes, finish, noViolations, startApp } from "../app.mjs";

const DAY = 86_400_000;

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const item = (page, name) => page.getByRole("tree", { name: "Statuses" }).getByRole("treeitem", { name, exact: true });
const number = async (page, name) => Number((await item(page, name).locator("[data-count]").first().textContent()).replace(/[^0-9]/g, ""));

const expectNumber = (page, name, expected) => becomes(() => number(page, name), expected, name);

/** Opens the Webshop of the samples. */
async function openShop(options) {
    const page = await app.open("/", options);
    await page.getByRole("navigation", { name: /^(Modules|Modulok)$/ }).getByRole("link", { name: "Webshop" }).click();
    await page.waitForURL(/\/m\/\d+/);
    await page.getByRole("heading", { level: 1, name: "Webshop" }).waitFor();
    await page.locator("[role=treeitem] [data-count]").first().waitFor({ state: "attached" });
    // Loads it anew where it is gone: what happens below happens without that.
    await page.evaluate(() => { window.stayed = true; });
    return page;
}

const stayed = page => page.evaluate(() => window.stayed === true);

/** A token, made on its page. */
async function makeToken(name) {
    const page = await app.open("/tokens");
    await page.getByRole("button", { name: "Make API token" }).click();
    const dialog = page.getByRole("dialog", { name: "Make API token" });
    await dialog.getByRole("button", { name: "Make", exact: true }).click();
    await dialog.getByText("Name: must be filled in.").waitFor();
    await dialog.getByRole("textbox", { name: "Name" }).fill(name);
    await dialog.getByRole("button", { name: "Make", exact: true }).click();
    const secret = await dialog.getByRole("textbox", { name: "The token" }).inputValue();
    assert.match(secret, /^mdk_[0-9a-f]{64}$/);
    await noViolations(page, { within: "dialog" });
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await page.getByRole("row", { name: new RegExp(`${name}.*In force`) }).waitFor();
    return { page, secret };
}

async function send(secret, orders) {
    const answer = await fetch(`${app.server.address}/api/webshop/orders`, {
        method: "POST",
        headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
        body: JSON.stringify(orders),
    });
    return [answer.status, await answer.json()];
}

const order = (id, daysAgo) => ({
    number: `T-${id}`, email: "tunde@example.com", name: "Tunde Tester", date: new Date(Date.now() - daysAgo * DAY - 60_000).toISOString(),
    amount: "12000", currency: "HUF",
});

test("a buyer becomes a regular by orders and is lost when time passes, and the tree follows without a reload", async () => {
    const { page: tokens, secret } = await makeToken("Test shop");
    const page = await openShop();
    const before = {};
    for (const name of ["One-time buyer", "Repeat buyer", "Regular", "Lost regular"]) before[name] = await number(page, name);

    assert.deepEqual(await send(secret, order(1, 3)), [200, { number: "T-1", result: "new" }]);
    await expectNumber(page, "One-time buyer", before["One-time buyer"] + 1);
    // A buyer without a to-do stands at the end of a long list; a search brings the row.
    const found = await app.open(`${new URL(page.url()).pathname}?q=Tunde`);
    const row = found.getByRole("article", { name: "Tunde Tester" });
    await row.getByText(/1 order · HUF\s12,000/).waitFor();
    const sheet = await app.open(await row.getByRole("link").getAttribute("href"));
    const panel = sheet.getByRole("region", { name: "Process" });
    const rows = panel.getByRole("table", { name: "Orders" }).getByRole("row");
    const numbers = () => rows.allTextContents().then(all => all.slice(1).map(text => text.slice(0, 3)));
    const typed = sheet.getByRole("region", { name: "To-dos" }).getByRole("textbox").first();
    await typed.fill("Call about the next order");
    assert.deepEqual(await numbers(), ["T-1"]);
    assert.equal((await send(secret, [order(2, 2), order(3, 1)]))[0], 200);
    // The open datasheet follows, and what is being typed on it stays.
    await becomes(numbers, ["T-3", "T-2", "T-1"]);
    assert.equal(await typed.inputValue(), "Call about the next order");
    await expectNumber(page, "Repeat buyer", before["Repeat buyer"] + 1);
    assert.equal((await send(secret, order(4, 0)))[0], 200);
    await expectNumber(page, "Regular", before.Regular + 1);
    assert.deepEqual(await send(secret, order(4, 0)).then(([status, answer]) => [status, answer.error ?? answer.result]), [409, "conflict"]);

    // The figures and the orders on the datasheet.
    await panel.getByText("48,000", { exact: false }).first().waitFor();
    await becomes(numbers, ["T-4", "T-3", "T-2", "T-1"]);

    // 366 days after the last order nobody has asked for anything: the open page still follows the clock's move.
    const lost = await number(page, "Lost regular");
    const later = new Date(Date.now() + 366 * DAY).toISOString();
    execFileSync(process.env.MODULOK_BIN, ["tick", "--database", app.server.database, "--now", later], { stdio: "ignore" });
    await expectNumber(page, "Regular", 0);
    assert.ok((await number(page, "Lost regular")) > lost);
    assert.ok(await stayed(page));

    // Each move is the system's and says why.
    const entries = sheet.getByRole("region", { name: "History" }).getByRole("listitem");
    await entries.filter({ hasText: "Lost regular" }).first().waitFor();
    const history = await entries.allTextContents();
    for (const move of [
        /System.*Registered → One-time buyer \(order: T-1\)/, /System.*One-time buyer → Repeat buyer \(order: T-3\)/,
        /System.*Repeat buyer → Regular \(order: T-4\)/, /System.*Regular → Lost regular \(as time passed\)/,
    ]) {
        assert.ok(history.some(entry => move.test(entry)), `${move} in ${history.join("\n")}`);
    }
    for (const one of [page, sheet]) {
        await noViolations(one);
    }

    // A revoked token opens nothing.
    await tokens.bringToFront();
    await tokens.getByRole("button", { name: "Revoke: Test shop" }).click();
    await tokens.getByRole("dialog").getByRole("button", { name: "Revoke", exact: true }).click();
    await tokens.getByRole("row", { name: /Test shop.*Revoked/ }).waitFor();
    assert.equal((await send(secret, order(5, 0)))[0], 401);
    // The name that was missing.
    tokens.complaints = tokens.complaints.filter(text => !text.includes("422"));
    await finish(tokens);
    await finish(found);
    await finish(sheet);
    await finish(page);
});

test("a file of orders is looked at, comes in, and is taken back as a whole", async () => {
    const page = await openShop();
    const [one, repeat] = [await number(page, "One-time buyer"), await number(page, "Repeat buyer")];
    const lines = [
        "Order number;E-mail;Name;Date;Amount;Currency;Colour",
        `F-1;file@example.com;Fanni File;${new Date(Date.now() - 2 * DAY).toISOString().slice(0, 10)};5000;HUF;red`,
        `F-2;file@example.com;;${new Date(Date.now() - 3 * DAY).toISOString().slice(0, 10)};7000;HUF;`,
        `F-3;unnamed@example.com;;${new Date(Date.now() - 3 * DAY).toISOString().slice(0, 10)};0;HUF;`,
        "F-4;nobody;;2026-11-20;7000;HUF;",
    ];
    const data = await page.evaluateHandle(text => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([text], "orders.csv", { type: "text/csv" }));
        return transfer;
    }, lines.join("\n"));
    await page.dispatchEvent("main", "drop", { dataTransfer: data });
    const dialog = page.getByRole("dialog", { name: "Import: orders.csv" });
    await dialog.getByText("3 orders will come in, and 2 new buyers will be made for them.").waitFor();
    await dialog.getByText("Columns left out: Colour").waitFor();
    assert.match(await dialog.getByText("Line 5:").locator("..").innerText(), /E-mail: cannot be read: nobody/);
    await dialog.getByText("Doubtful lines: 1").click();
    assert.match(await dialog.getByText("Line 4:").locator("..").innerText(), /a new buyer without a name.*; the amount is 0/);
    assert.match(await dialog.getByRole("row", { name: /F-1/ }).innerText(), /Fanni File[\s\S]*5,000/);
    await noViolations(page, { within: "dialog" });
    await dialog.getByRole("button", { name: "Import 3, leave out 1 broken" }).click();
    await dialog.getByText(/Imported 3 orders: 2 new buyers made.*Broken, left out: 1 line/).waitFor();
    await expectNumber(page, "One-time buyer", one + 1);
    await expectNumber(page, "Repeat buyer", repeat + 1);
    await dialog.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Import undone: 3 orders removed.").waitFor();
    await expectNumber(page, "One-time buyer", one);
    await expectNumber(page, "Repeat buyer", repeat);
    assert.ok(await stayed(page));
    await finish(page);
});

test("the Webshop is not wider than its screen, in Hungarian, on a narrow and a wide one", async () => {
    for (const [width, scheme] of [[360, "dark"], [2560, "light"]]) {
        const page = await openShop({ width, locale: "hu-HU", scheme });
        await page.getByRole("article").first().getByRole("link").first().click();
        await page.waitForURL(/\/d\/\d+/);
        await page.getByRole("region", { name: "Folyamat" }).waitFor();
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wide <= 0, `${width}: ${wide} px too wide`);
        await finish(page);
    }
});
