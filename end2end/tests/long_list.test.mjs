// A list of many thousand rows: scrolled to its end with few of them in the page, and found again on going back.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { becomes, eventually, finish, startApp } from "../app.mjs";

const SEEDED = 20_000;

let app;
before(async () => { app = await startApp({ seed: SEEDED }); });
after(async () => { await app?.stop(); });

const rows = page => page.getByRole("region", { name: "Datasheets" }).getByRole("article");

/** What stands at some heights of the window, from its top to its bottom: a row's name, a heading, or nothing. */
const seen = page => page.evaluate(() => {
    const list = document.querySelector("section[aria-label='Datasheets']");
    const box = list.getBoundingClientRect();
    const found = [];
    for (let y = Math.max(box.top + 4, 60); y < Math.min(box.bottom, innerHeight) - 4; y += 20) {
        const at = document.elementFromPoint(box.left + box.width / 2, y);
        if (!list.contains(at)) continue;
        found.push(at.closest("article")?.getAttribute("aria-label") ?? (at.closest("h2") ? "heading" : "nothing"));
    }
    return found;
});

/** Waits until nothing is missing in the window. */
async function noGap(page, where) {
    return eventually(async () => {
        const now = await seen(page);
        // One spot may lie between a heading and its first row.
        assert.ok(now.length > 5 && now.filter(what => what === "nothing").length <= 1, `a gap at ${where}: ${now.join(", ")}`);
        return now;
    });
}

test("twenty thousand rows are scrolled through with few in the page, without gaps, and going back finds the place", async () => {
    const page = await app.open();
    const nodes = () => page.evaluate(() => document.querySelectorAll("*").length);
    const first = await nodes();
    let most = 0;
    let before = -1;
    for (let step = 0; step < 2_000; step += 1) {
        const { y, end } = await page.evaluate(() => {
            // By pages at first, then by leaps to the end of what is loaded.
            const leap = scrollY < 20_000 ? innerHeight * 0.9 : document.documentElement.scrollHeight;
            scrollBy(0, leap);
            return { y: scrollY, end: document.documentElement.scrollHeight - innerHeight };
        });
        if (step < 30 || step % 20 === 0) await noGap(page, y);
        most = Math.max(most, await nodes());
        assert.ok(await rows(page).count() < 120, "only rows near the window are in the page");
        const more = await page.getByRole("button", { name: /^(Load more|Loading)/ }).count();
        if (more === 0 && y >= end - 2 && y === before) break;
        before = y;
        await page.waitForTimeout(10);
    }
    await becomes(() => page.getByRole("button", { name: /^(Load more|Loading)/ }).count(), 0, "the end was reached");
    assert.ok(most < first * 2, `${most} nodes at most, ${first} at first`);
    // All of them are loaded: the list is as high as so many rows.
    const height = await page.evaluate(() => document.querySelector("section[aria-label='Datasheets']").getBoundingClientRect().height);
    const row = (await rows(page).last().boundingBox()).height;
    assert.ok(height / row > SEEDED * 0.98, `${height / row} rows`);

    // From the middle into a datasheet and back.
    await page.evaluate(() => scrollTo(0, 400_000));
    await noGap(page, "the middle");
    const there = await seen(page);
    const name = there.find(what => what !== "nothing" && what !== "heading");
    const place = await page.evaluate(() => scrollY);
    await page.getByRole("article", { name, exact: true }).first().getByRole("link").first().click();
    await page.waitForURL(/\/d\/\d+/);
    let asked = 0;
    page.on("request", request => { if (/\/modules\/rows/.test(request.url())) asked += 1; });
    await page.goBack();
    await page.waitForURL(/\/m\/\d+/);
    await page.getByRole("article", { name, exact: true }).first().waitFor();
    const again = await page.evaluate(() => scrollY);
    assert.ok(Math.abs(again - place) < row, `left at ${place}, came back to ${again}`);
    await noGap(page, "the place after going back");

    // What was loaded is looked at again near the window only, also on the way up.
    assert.ok(asked >= 1 && asked <= 6, `${asked} requests for twenty thousand rows`);
    const above = (await seen(page)).find(what => what !== "nothing" && what !== "heading");
    await page.evaluate(() => scrollBy(0, -40_000));
    await eventually(async () => assert.ok(!(await seen(page)).includes(above)));
    await noGap(page, "above");
    await page.evaluate(() => scrollTo(0, 0));
    await page.getByRole("heading", { level: 2 }).first().waitFor();
    await noGap(page, "the top");
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await noGap(page, "further down again");
    assert.ok(asked <= 40, `${asked} requests`);
    await finish(page);
});
