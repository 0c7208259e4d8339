using Microsoft.Playwright;
using MocoSharp.Runs;

namespace MocoSharp.Studio.Tests;

/// <summary>What the page asks moco to do, as a user asks for it.</summary>
public sealed class PageWorkTests : PageBench
{
    [Fact]
    public async Task Resume_does_what_moco_resume_does()
    {
        IPage page = await Open();
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Called($"resume {At("runs", "first")}");
        await Holds(page);
    }

    [Fact]
    public async Task Copies_and_leaks_are_told_with_their_reasons()
    {
        File.WriteAllText(At("duplicates.json"), $$"""
            {"groups":[{"pictures":[{"name":"{{NameOf(0)}}"},{"name":"{{NameOf(3)}}"}],
              "pairs":[{"first":0,"second":1,"why":"same pixels","similarity":0.9991,"correlation":1}]},
             {"pictures":[{"name":"{{NameOf(13)}}"},{"name":"{{NameOf(14)}}"}],
              "pairs":[{"first":0,"second":1,"why":"same file","similarity":null,"correlation":null}]}]}
            """);
        IPage page = await Open("copies");
        await page.GetByRole(AriaRole.Button, new() { Name = "Look for duplicates" }).ClickAsync();
        await page.GetByText("1 leak between parts of the data set").WaitForAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "leak: 2 pictures: same pixels, cosine 0.999" }).WaitForAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "2 pictures: same file" }).WaitForAsync();
        await page.GetByRole(AriaRole.Img, new() { Name = NameOf(3) }).WaitForAsync();
        await Called($"duplicates --in {At("runs", "first", "studio", "embeddings.npy")} --data {At("pictures")} --json");
        await Holds(page);
    }

    [Fact]
    public async Task What_the_audit_finds_is_shown_by_kind()
    {
        File.WriteAllText(At("audit.json"), $$"""
            {"findings":[{"kind":"dark","picture":"{{NameOf(2)}}","label":"blue","value":3.5,"limit":10,"note":"nearly black"},
             {"kind":"label","picture":"{{NameOf(20)}}","label":"green","value":0.1,"limit":0.5,"note":"its neighbors are red",
              "others":[{"name":"{{NameOf(30)}}"}]}]}
            """);
        IPage page = await Open("copies");
        await page.GetByRole(AriaRole.Button, new() { Name = "Audit the pictures" }).ClickAsync();
        await page.GetByText("nearly black").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "label 1" }).ClickAsync();
        await page.GetByText("its neighbors are red").WaitForAsync();
        await page.GetByRole(AriaRole.Img, new() { Name = NameOf(20) }).WaitForAsync();
        await Holds(page);
    }

    [Fact]
    public async Task A_test_is_started_from_the_page()
    {
        File.WriteAllText(At("runs", "first", "encoder.safetensors"), "");
        IPage page = await Open("results");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Test" }).SelectOptionAsync("linear");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Labels" }).SelectOptionAsync("5-per-class");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Called($"eval linear {At("runs", "first")} --threads 1 --labels 5-per-class");
        await page.GetByText("Done: linear test of first").WaitForAsync();
        await Holds(page);
    }

    [Fact]
    public async Task Two_runs_are_compared_by_their_recipes_and_results()
    {
        string other = MakeRun("second", epochs: 3);
        File.WriteAllText(Path.Combine(other, "recipe.yaml"),
            File.ReadAllText(Path.Combine(other, "recipe.yaml")).Replace("start: 0.05", "start: 0.02", StringComparison.Ordinal));
        IPage page = await Open("compare");
        await page.GetByRole(AriaRole.Button, new() { Name = "first" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "second" }).ClickAsync();
        await page.GetByRole(AriaRole.Row, new() { Name = "learningRate.start 0.05 0.02" }).WaitForAsync();
        await page.GetByRole(AriaRole.Columnheader, new() { Name = "second" }).First.WaitForAsync();
        await Holds(page);
    }

    [Fact]
    public async Task The_slider_moves_the_points_to_an_epoch_and_a_selection_there_becomes_a_folder()
    {
        MakeEpochMap("first", step: 3);
        RunFolder folder = new(At("runs", "first"));
        Directory.CreateDirectory(folder.Checkpoint(6));
        Directory.SetLastWriteTimeUtc(folder.Checkpoint(6), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
        IPage page = await Open("map");
        ILocator slider = page.GetByRole(AriaRole.Slider);
        await slider.WaitForAsync();
        Assert.Equal("epoch 2", await slider.GetAttributeAsync("aria-valuetext"));
        await slider.FocusAsync();
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });        // the points jump where they would glide
        await page.RunAndWaitForResponseAsync(() => page.Keyboard.PressAsync("ArrowLeft"),
            static answer => answer.Url.EndsWith("/points", StringComparison.Ordinal));
        await page.Locator("[aria-valuetext='epoch 1']").WaitForAsync();
        await page.WaitForTimeoutAsync(1000);
        await BoxLeft(page);
        await page.GetByText($"{PerClass} pictures selected").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Export folder" }).ClickAsync();
        await page.GetByText($"{PerClass} links in").WaitForAsync();
        string[] links = Directory.GetFiles(At("runs", "first", "studio", "selections", "1"), "*.png", SearchOption.AllDirectories);
        Assert.Equal(PerClass, links.Length);
        Assert.All(links, static link => Assert.Contains("/red/", link, StringComparison.Ordinal));     // where blue lies now
        await Holds(page);
    }

    private async Task Called(string words)
    {
        for (int i = 0; i < 600 && !Calls.Contains(words); i++) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Contains(words, Calls);
    }
}
