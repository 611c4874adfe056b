// What is dragged by a finger.
import { after, before, test } from "node:test";
import { becomes, finish, ready, startApp, still } from "../app.mjs";

let app;
before(async () => { app = await startApp(); });
after(async () => { await app?.stop(); });

const items = page => page.getByRole("tree", { name: "Statuses" }).locator("[role=treeitem]:not([aria-expanded])");
const names = async page => items(page).evaluateAll(all => all.map(item => item.getAttribute("aria-label")));
const middle = box => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

test("a status is dragged by its handle with a finger", async () => {
    const page = await app.open("/", { touch: true });
    const start = await names(page);
    await page.getByRole("button", { name: "Customise statuses" }).tap();
    // The editor's code comes late, and what it brings moves the items.
    await page.getByRole("textbox", { name: /^New status/ }).last().waitFor();
    await still(items(page).last());
    const from = middle(await page.locator("[data-grip]").nth(3).boundingBox());
    const to = await items(page).nth(2).boundingBox();
    const finger = await page.context().newCDPSession(page);
    const touch = (type, y) =>
        finger.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x: from.x, y }] });
    await touch("touchStart", from.y);
    for (let step = 1; step <= 10; step += 1) {
        await touch("touchMove", from.y + ((to.y + 3 - from.y) * step) / 10);
        await page.waitForTimeout(16);
    }
    await touch("touchEnd");
    const moved = [...start];
    [moved[2], moved[3]] = [moved[3], moved[2]];
    await becomes(() => names(page), moved);
    await page.reload();
    await ready(page);
    await becomes(() => names(page), moved);
    await finish(page);
});
