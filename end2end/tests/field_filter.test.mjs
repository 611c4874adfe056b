// The list of a module narrowed by what stands in a field, and in the order of one: in the URL, with chips that take it away.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { eventually, finish, noViolations, ready, startApp } from "../app.mjs";

let app, module;
before(async () => {
    app = await startApp();
    const page = await app.open();
    module = new URL(page.url()).pathname;
    await page.context().close();
});
after(async () => { await app?.stop(); });

const list = page => page.getByRole("region", { name: "Datasheets" });
const rows = page => list(page).getByRole("article");
const firstSheet = page => rows(page).first().locator("a[href^='/d/']").first().getAttribute("href");
const chip = (page, text) => page.getByRole("link", { name: text });

/** Opens the dialog and says what must stand in a field. */
async function narrow(page, field, condition, fill = async () => {}) {
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Filter by a field" });
    await dialog.getByRole("combobox", { name: "Field" }).selectOption({ label: field });
    await dialog.getByRole("combobox", { name: "Condition" }).selectOption({ label: condition });
    await fill(dialog);
    await dialog.getByRole("button", { name: "Filter", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
}

test("the list is narrowed by an amount, a choice and a text; the chip says it and takes it away", async () => {
    const page = await app.open(module);
    await rows(page).first().waitFor();
    await narrow(page, "Költségkeret", "from–to", async dialog => {
        await dialog.getByRole("textbox", { name: "From" }).fill("20 000 000 Ft");
        await dialog.getByRole("textbox", { name: "To", exact: true }).fill("40 000 000 Ft");
    });
    await page.waitForURL(/field=\d+%3Abetween%3A2000000000%3A4000000000%3AHUF/);
    await chip(page, /^Remove the filter: Költségkeret: .*20,000,000.* – .*40,000,000/).waitFor();
    // The same by the URL.
    await page.reload();
    await ready(page);
    await chip(page, /Költségkeret/).waitFor();
    const budget = await app.open(await firstSheet(page));
    const amount = await budget.getByRole("textbox", { name: /^Költségkeret/ }).inputValue();
    const forints = Number(amount.replace(/[^0-9]/g, ""));
    assert.ok(forints >= 20_000_000 && forints <= 40_000_000, amount);
    await finish(budget);
    await noViolations(page, { what: "a narrowed list" });
    // The owner filter keeps it.
    await page.getByRole("link", { name: "Mine" }).click();
    await page.waitForURL(/owner=me.*field=/);
    await chip(page, /Költségkeret/).click();
    await page.waitForURL(url => !url.search.includes("field="));
    await eventually(async () => assert.equal(await chip(page, /Remove the filter/).count(), 0));
    await page.getByRole("link", { name: "Everybody" }).click();
    await page.waitForURL(url => !url.search.includes("owner="));

    await narrow(page, "Prioritás", "is", async dialog => {
        await dialog.getByRole("combobox", { name: "Value" }).selectOption({ label: "Magas" });
    });
    await chip(page, "Remove the filter: Prioritás: Magas").waitFor();
    await page.reload();
    await ready(page);
    const sheet = await app.open(await firstSheet(page));
    assert.equal(await sheet.getByRole("combobox", { name: "Prioritás" }).locator("option:checked").textContent(), "Magas");
    await finish(sheet);
    await narrow(page, "Szerződésszám", "contains", async dialog => {
        await dialog.getByRole("textbox", { name: "Value" }).fill("no such contract");
    });
    await chip(page, "Remove the filter: Szerződésszám contains no such contract").waitFor();
    await list(page).getByText("Nothing matches").waitFor();
    await finish(page);
});

test("what is missing is said at the field", async () => {
    const page = await app.open(module);
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Filter by a field" });
    await dialog.getByRole("combobox", { name: "Field" }).selectOption({ label: "Költségkeret" });
    await dialog.getByRole("button", { name: "Filter", exact: true }).click();
    await dialog.getByText("Költségkeret: must be filled in.").waitFor();
    await dialog.getByRole("textbox", { name: "From" }).fill("a lot");
    await dialog.getByRole("button", { name: "Filter", exact: true }).click();
    await dialog.getByText(/cannot be read/).waitFor();
    await noViolations(page, { what: "the filter's dialog" });
    // What the form complained of does not hold it up: neither under another condition nor with one end alone.
    await dialog.getByRole("combobox", { name: "Condition" }).selectOption({ label: "is" });
    await dialog.getByText(/cannot be read/).waitFor({ state: "detached" });
    await dialog.getByRole("combobox", { name: "Condition" }).selectOption({ label: "from–to" });
    await dialog.getByRole("button", { name: "Filter", exact: true }).click();
    await dialog.getByText("Költségkeret: must be filled in.").waitFor();
    await dialog.getByRole("textbox", { name: "To", exact: true }).fill("40 000 000 Ft");
    await dialog.getByRole("button", { name: "Filter", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    await chip(page, /^Remove the filter: Költségkeret: .*40,000,000.* or less/).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(url => !url.search.includes("field="));
    const opener = page.getByRole("button", { name: "Filter", exact: true });
    await eventually(async () => assert.ok(await opener.evaluate(button => button === document.activeElement)));
    await finish(page);
});

test("the list stands in the order of a field, both ways, and the chip puts it back", async () => {
    const page = await app.open(module);
    const sort = async direction => {
        await page.getByRole("button", { name: "Sort", exact: true }).click();
        const dialog = page.getByRole("dialog", { name: "Sort by a field" });
        await dialog.getByRole("combobox", { name: "Field" }).selectOption({ label: "Költségkeret" });
        await dialog.getByRole("combobox", { name: "Direction" }).selectOption({ label: direction });
        await dialog.getByRole("button", { name: "Sort", exact: true }).click();
        await dialog.waitFor({ state: "hidden" });
    };
    const amounts = () => list(page).locator(".sorted__value").evaluateAll(
        all => all.map(one => Number(one.textContent.replace(/[^0-9]/g, ""))).filter(n => n > 0),
    );
    await sort("ascending");
    await page.waitForURL(/sort=\d+/);
    await chip(page, "Remove the sorting: Költségkeret, ascending").waitFor();
    await eventually(async () => assert.ok((await amounts()).length > 20));
    const up = await amounts();
    assert.deepEqual(up, up.toSorted((a, b) => a - b));
    await noViolations(page, { what: "a sorted list" });
    await sort("descending");
    await page.waitForURL(/sort=-\d+/);
    await eventually(async () => assert.ok((await amounts())[0] > up[0]));
    const down = await amounts();
    assert.deepEqual(down, down.toSorted((a, b) => b - a));
    const narrow = await app.open(new URL(page.url()).pathname + new URL(page.url()).search, { width: 360, height: 740, touch: true });
    await list(narrow).locator(".sorted__value").first().waitFor();
    const wide = await narrow.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
    await finish(narrow);
    await chip(page, /Remove the sorting/).click();
    await rows(page).first().waitFor();
    await finish(page);
});

test("with JavaScript off a sorted and narrowed list has its rows, its values and its chips", async () => {
    const page = await app.open(module);
    await narrow(page, "Költségkeret", "is filled in");
    const narrowed = new URL(page.url()).searchParams.get("field");
    await finish(page);
    const field = narrowed.split(":")[0];
    const query = `?field=${encodeURIComponent(narrowed)}&sort=-${field}`;
    for (const [locale, wanted] of [["en-GB", "Remove the filter: Költségkeret: filled in"], ["hu-HU", /Költségkeret/]]) {
        const plain = await app.open(module + query, { javaScript: false, locale });
        await chip(plain, wanted).first().waitFor();
        const amounts = await plain.locator(".sorted__value").evaluateAll(
            all => all.map(one => Number(one.textContent.replace(/[^0-9]/g, ""))),
        );
        assert.ok(amounts.length > 20 && amounts.every(n => n > 0), `${amounts}`);
        assert.deepEqual(amounts, amounts.toSorted((a, b) => b - a));
        assert.equal(await plain.getByRole("article").count(), amounts.length, "each row once");
        if (locale === "en-GB") {
            await chip(plain, "Remove the sorting: Költségkeret, descending").click();
            await plain.waitForURL(url => !url.search.includes("sort=") && url.search.includes("field="));
            await plain.getByRole("region", { name: "Datasheets" }).getByRole("article").first().waitFor();
            await chip(plain, wanted).click();
            await plain.waitForURL(url => url.search === "");
        }
        await plain.context().close();
    }
});

test("a sorted list is scrolled to its end with few rows in the page, follows news, and going back finds the place", async () => {
    const page = await app.open(module);
    await page.getByRole("button", { name: "Sort", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Sort by a field" });
    await dialog.getByRole("combobox", { name: "Field" }).selectOption({ label: "Költségkeret" });
    await dialog.getByRole("button", { name: "Sort", exact: true }).click();
    await page.waitForURL(/sort=\d+/);
    await list(page).locator(".sorted__value").first().waitFor();
    const more = page.getByRole("button", { name: /^(Load more|Loading)/ });
    await eventually(async () => {
        await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
        assert.equal(await more.isVisible(), false, "the end was reached");
    });
    await eventually(async () => assert.ok(await rows(page).count() < 70, "only rows near the window are in the page"));
    const row = await list(page).locator(".sorted").last().evaluate(element => element.getBoundingClientRect().height);
    const height = await list(page).evaluate(element => element.getBoundingClientRect().height);
    assert.ok(height / row > 100, `${height / row} rows are loaded`);

    // To the middle: what others do shows, and nothing jumps.
    await page.evaluate(() => scrollTo(0, 2_500));
    let [name, href] = [];
    await eventually(async () => {
        // Not those that were in the page before it was scrolled.
        [name, href] = await rows(page).evaluateAll(all => {
            const is_inside = box => box.top > 300 && box.bottom < innerHeight;
            const inside = all.find(one => is_inside(one.getBoundingClientRect()));
            return inside ? [inside.getAttribute("aria-label"), inside.querySelector("a[href^='/d/']").getAttribute("href")] : [];
        });
        assert.ok(name && href, "rows are in the middle");
    });
    const place = await page.evaluate(() => scrollY);
    const other = await app.open(href);
    await other.getByRole("button", { name: "Rename", exact: true }).click();
    await other.getByRole("textbox", { name: "Name", exact: true }).fill(`${name} meanwhile`);
    await other.keyboard.press("Enter");
    await page.bringToFront();
    const renamed = page.getByRole("article", { name: `${name} meanwhile`, exact: true });
    await renamed.waitFor();
    assert.equal(await page.evaluate(() => scrollY), place);
    await finish(other);

    // Into a datasheet and back.
    let asked = 0;
    await renamed.getByRole("link").first().click();
    await page.waitForURL(/\/d\/\d+/);
    await page.getByRole("heading", { level: 1, name: `${name} meanwhile` }).waitFor();
    page.on("request", request => { if (/\/modules\/sorted/.test(request.url())) asked += 1; });
    await page.goBack();
    await page.waitForURL(/\/m\/\d+/);
    await renamed.waitFor();
    await eventually(async () => {
        const again = await page.evaluate(() => scrollY);
        assert.ok(Math.abs(again - place) < row, `left at ${place}, came back to ${again}`);
    });
    assert.ok(asked <= 3, `${asked} requests`);
    await finish(page);
});
