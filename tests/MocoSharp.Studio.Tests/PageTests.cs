using Microsoft.Playwright;

namespace MocoSharp.Studio.Tests;

/// <summary>The page as a user works with it, in Debian's Chromium. Skipped where that, or the built page, is missing.</summary>
public sealed class PageTests : PageBench
{
    [Fact]
    public async Task Runs_are_watched_and_a_new_epoch_appears_by_itself()
    {
        IPage page = await Open();
        await page.GetByRole(AriaRole.Heading, new() { Name = "first" }).WaitForAsync();
        await page.GetByText("2 of 4").WaitForAsync();
        MakeRun("first", epochs: 3);
        await page.GetByText("3 of 4").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).WaitForAsync();
        await Holds(page);
    }

    [Fact]
    public async Task A_hostile_name_runs_nothing()
    {
        MakeRun("<img src=x onerror=document.title='bad'>", epochs: 1);
        IPage page = await Open();
        await page.GetByText("<img src=x").Filter(new() { Visible = true }).First.WaitForAsync();
        Assert.Equal("MocoSharp studio", await page.TitleAsync());
        await Holds(page);
    }

    [Fact]
    public async Task A_lasso_selects_and_labels_and_undo_takes_it_back()
    {
        string file = Path.Combine(Runs, "first", "studio", "labels.csv");
        IPage page = await Open("map");
        await BoxLeft(page);
        await page.GetByText($"{PerClass} pictures selected").WaitForAsync();
        await page.GetByLabel("Label for the selected pictures").FillAsync("sky");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText($"{PerClass} labels in").WaitForAsync();
        Assert.Equal(1 + PerClass, File.ReadAllLines(file).Length);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await page.GetByText($"{PerClass} labels in").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Single(File.ReadAllLines(file));
        await Holds(page);
    }

    [Fact]
    public async Task By_keys_alone_all_is_selected_labeled_and_suggested()
    {
        string id = await IdOf("first");
        for (int label = 0; label < Classes; label++)
            await Post($"/api/runs/{id}/labels", new
            {
                places = new[] { label * PerClass, label * PerClass + 1 },
                label = $"class {label}"
            });
        IPage page = await Open("map");
        await page.GetByRole(AriaRole.Button, new() { Name = "Suggest" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText($"{Count - 2 * Classes} suggestions").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Accept" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText($"{Count} labels in").WaitForAsync();
        await page.GetByRole(AriaRole.Application).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText($"{Count} pictures selected").WaitForAsync();
        await page.Keyboard.PressAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = $"class 0 {Count}" }).WaitForAsync();
        await Holds(page);
    }

    [Fact]
    public async Task A_confusion_shows_its_pictures()
    {
        IPage page = await Open("results");
        await page.GetByRole(AriaRole.Button, new() { Name = "blue taken for blue: 3" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Option).Nth(2).WaitForAsync();
        await Holds(page);
    }

    [Fact]
    public async Task No_page_is_wider_than_a_phone_nor_lacks_a_name()
    {
        IPage page = await Open();
        await page.SetViewportSizeAsync(360, 740);
        foreach (string name in new[] { "Watch", "Map", "Copies", "Results", "Compare" })
        {
            await page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
            await page.WaitForTimeoutAsync(300);
            Assert.InRange(await page.EvaluateAsync<int>("document.getElementById('main').scrollWidth"), 1, 360);
            Assert.Equal(0, await page.EvaluateAsync<int>("""
                [...document.querySelectorAll('button, select, input')]
                    .filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.length || e.title)).length
                """));
        }
        await Holds(page);
    }
}
