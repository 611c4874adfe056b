// An invoice from draft to paid to storno, and on paper.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, finish, noViolations, ready, startApp } from "../app.mjs";
import { bar, button, counted, is, make } from "../documents.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

test("an invoice is written with the keyboard, issued, paid and cancelled by a storno", async () => {
    const page = await app.open();
    await make(page, "Invoicing", "Zz Kert Kft.");
    const lines = page.getByRole("group", { name: "Lines" });
    await button(page, "Add line").focus();
    await page.keyboard.press("Enter");
    const cell = (label, n) => lines.getByRole("textbox", { name: `${label}, line ${n}`, exact: true });
    await cell("Name", 1).fill("Roof");
    await cell("Quantity", 1).fill("2");
    await cell("Net unit price", 1).fill("1,000.5");
    // Enter makes the next line and goes there.
    await cell("Net unit price", 1).press("Enter");
    await page.keyboard.type("Gutter");
    await cell("Net unit price", 2).fill("250");
    await lines.getByText("HUF 2,859").waitFor();
    assert.equal(await cell("Name", 2).inputValue(), "Gutter");
    await cell("Name", 2).press("Alt+ArrowUp");
    await lines.getByRole("status").getByText("number 1").waitFor();
    assert.equal(await cell("Name", 1).inputValue(), "Gutter");
    await noViolations(page);

    // Another page sees the move without a reload.
    const other = await app.open();
    await bar(other).getByRole("link", { name: "Invoicing" }).click();
    await other.getByRole("treeitem", { name: "Issued" }).waitFor();
    const before = Number(await counted(other, "Issued"));
    await becomes(() => button(page, "Mark paid").count(), 0);
    await page.getByRole("textbox", { name: "Address", exact: true }).fill("1011 Budapest, Fő utca 1.");
    await button(page, "Issue").click();
    await is(page, "Issued");
    await other.waitForFunction(
        n => [...document.querySelectorAll("[role=treeitem]")].some(item =>
            item.textContent.includes("Issued") && Number(item.querySelector("[data-count]")?.textContent) === n),
        before + 1,
    );
    await finish(other);
    const number = (await page.locator(".document__number").textContent()).trim();
    assert.match(number, /^\d{4}\/\d{5}$/);
    await becomes(() => button(page, "Issue").count(), 0);
    await becomes(() => lines.count(), 0);
    await noViolations(page);

    // One press never does two steps, by mouse or by key; the storno stands apart.
    await button(page, "Mark paid").dblclick();
    await is(page, "Paid");
    const steps = page.getByRole("group", { name: "Paid", exact: true });
    await page.waitForFunction(() => document.activeElement?.classList.contains("process__steps"));
    await page.keyboard.press("Enter");
    await steps.getByRole("button", { name: "Storno", disabled: false }).waitFor();
    await is(page, "Paid");
    assert.match(await button(page, "Storno").getAttribute("class"), /button--quiet/);
    await noViolations(page);
    await button(page, "Storno").click();
    await is(page, "Cancelled");
    await page.locator(".process__link a").click();
    await page.getByText(`Cancels ${number}`).first().waitFor();
    await finish(page);
});

test("a line typed while the browser half is on its way is totalled and kept", async () => {
    const page = await app.open();
    await make(page, "Invoicing", "Zz Korai Kft.");
    await button(page, "Add line").click();
    await page.getByRole("textbox", { name: "Name, line 1" }).fill("Door");
    await page.getByRole("textbox", { name: "Name, line 1" }).press("Tab");
    await page.getByRole("textbox", { name: "Net unit price, line 1" }).fill("10");
    await page.getByRole("textbox", { name: "Note" }).focus();
    await page.getByText("Document saved").first().waitFor();
    const path = new URL(page.url()).pathname;
    await finish(page);

    let release;
    const held = new Promise(resolve => { release = resolve; });
    const context = await app.browser.newContext({ storageState: await app.signIn(), locale: "en-GB" });
    const late = await context.newPage();
    await late.route("**/*.wasm", async route => { await held; await route.continue(); });
    await late.goto(app.server.address + path, { waitUntil: "commit" });
    await late.getByRole("textbox", { name: "Net unit price, line 1" }).fill("2,000");
    await late.getByRole("textbox", { name: "Note" }).fill("Typed early");
    release();
    await ready(late);
    await late.getByText("HUF 2,540").first().waitFor();
    assert.equal(await late.getByRole("textbox", { name: "Net unit price, line 1" }).inputValue(), "2,000");
    assert.equal(await late.getByRole("textbox", { name: "Note" }).inputValue(), "Typed early");
    await context.close();
});

test("what is typed while the server is slow stays, and its sum too", async () => {
    const page = await app.open();
    await make(page, "Invoicing", "Zz Lassú Kft.");
    await page.route("**/api/processes/act*", async route => {
        await new Promise(resolve => setTimeout(resolve, 400));
        await route.continue();
    });
    const cell = (label, n) => page.getByRole("textbox", { name: `${label}, line ${n}`, exact: true });
    await button(page, "Add line").click();
    // Each Enter sends the line before it; the keys go on without a pause.
    for (let n = 1; n <= 6; n++) {
        await page.keyboard.type(`Item ${n}`);
        await page.keyboard.press("Tab");
        await page.keyboard.press("Tab");
        await page.keyboard.press("Tab");
        await page.keyboard.type(`${n}00`);
        await page.keyboard.press("Enter");
    }
    await page.keyboard.type("Last");
    await page.getByText("HUF 2,667").waitFor();
    await page.waitForTimeout(3_500);
    for (let n = 1; n <= 6; n++) {
        assert.equal(await cell("Name", n).inputValue(), `Item ${n}`);
        assert.equal(await cell("Net unit price", n).inputValue(), `${n}00`);
    }
    assert.equal(await cell("Name", 7).inputValue(), "Last");
    await page.getByText("HUF 2,667").waitFor();
    await finish(page);
});

test("a document is printed in both languages, with JavaScript off too", async () => {
    const page = await app.open();
    await bar(page).getByRole("link", { name: "Invoicing" }).click();
    await page.getByRole("treeitem", { name: "Paid" }).click();
    await page.getByRole("region", { name: "Datasheets" }).getByRole("article").first().getByRole("link").click();
    const href = await page.getByRole("link", { name: "Printable page" }).getAttribute("href");
    await page.goBack();
    await page.getByRole("region", { name: "Datasheets" }).getByRole("article").nth(8).waitFor();
    const links = await page.getByRole("region", { name: "Datasheets" }).getByRole("article").getByRole("link")
        .evaluateAll(links => links.map(link => new URL(link.href).pathname).filter(path => path.startsWith("/d/")));
    const others = [...new Set(links)].slice(0, 12).map(path => path.replace("/d/", "/documents/"));
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
        for (const path of [href, ...others]) {
            await printed.goto(`${app.server.address}${path}`);
            const wide = await printed.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(wide <= 0, `${path} is ${wide} px wider than ${width} px`);
        }
        await context.close();
    }
    // On paper nothing of the page around it is left, and long numbers stay within it.
    const context = await app.browser.newContext({ storageState: await app.signIn(), viewport: { width: 794, height: 1123 } });
    const printed = await context.newPage();
    await printed.goto(`${app.server.address}${href}`);
    await printed.emulateMedia({ media: "print" });
    assert.equal(await printed.getByRole("navigation").isVisible(), false);
    assert.ok((await printed.pdf({ preferCSSPageSize: true })).length > 10_000);
    await context.close();
});

test("an admin without the seller's data is led to them, and can issue then", async () => {
    const page = await app.open();
    await button(page, "Add module").click();
    const adding = page.getByRole("dialog", { name: "Add module" });
    await adding.getByRole("radio", { name: /Invoicing/ }).check();
    await adding.getByRole("textbox", { name: "Name" }).fill("Second books");
    await adding.getByRole("button", { name: "Add", exact: true }).click();
    await bar(page).getByRole("link", { name: "Second books" }).waitFor();
    // The module that was open before has one.
    await page.getByRole("heading", { level: 1, name: "Second books" }).waitFor();
    await button(page, "Customise statuses").waitFor({ state: "detached" });
    await make(page, "Second books", "Zz Első Kft.");
    await page.getByText("name, address and tax number are needed").first().waitFor();
    await button(page, "Add line").click();
    await page.getByRole("textbox", { name: "Name, line 1" }).fill("Roof");
    await page.getByRole("textbox", { name: "Net unit price, line 1" }).fill("100");
    await button(page, "Issue").click();
    const form = page.getByRole("dialog", { name: "Seller and numbers" });
    await form.getByRole("textbox", { name: "Seller's name" }).fill("Próba Kft.");
    await form.getByRole("textbox", { name: "Address" }).fill("1111 Budapest");
    await form.getByRole("textbox", { name: "Tax number" }).fill("12345678-2-41");
    await form.getByRole("button", { name: "Save" }).click();
    await form.waitFor({ state: "hidden" });
    await button(page, "Issue").click();
    await page.getByText("Buyer's address: must be filled in.").waitFor();
    await page.getByRole("textbox", { name: "Address", exact: true }).fill("1011 Budapest, Fő utca 1.");
    await button(page, "Add line").click();
    await page.getByRole("textbox", { name: "Net unit price, line 2" }).fill("5");
    await button(page, "Issue").click();
    // What is wrong is named, and is where the next key goes.
    await page.getByText("Name of line 2: must be filled in.").waitFor();
    await becomes(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Name, line 2");
    await page.keyboard.type("Gutter");
    await button(page, "Issue").click();
    await page.locator(".document__number").waitFor();
    await page.getByText("Próba Kft.").first().waitFor();
    // «Issue» was refused for the seller, for the buyer and for a line.
    page.complaints = page.complaints.filter(text => !/409|422/.test(text));
    await finish(page);
});
