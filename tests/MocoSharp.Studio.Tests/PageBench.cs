using Microsoft.Playwright;

namespace MocoSharp.Studio.Tests;

/// <summary>The page in Debian's Chromium. Its tests are skipped where that, or the built page, is missing.</summary>
public abstract class PageBench : StudioBench
{
    private const int Longest = 60_000;

    private static readonly string? s_chromium = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(static folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);

    private static readonly string s_page = Path.Combine(AppContext.BaseDirectory, "studio");

    private readonly List<string> _console = [], _requests = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static bool CanRun => s_chromium is not null && File.Exists(Path.Combine(s_page, "index.html"));

    protected override string PageFolder => CanRun ? s_page : base.PageFolder;

    private protected async Task<IPage> Open(string? name = null)
    {
        Assert.SkipWhen(!CanRun, "Chromium or the built page is missing: apt-get install chromium, and run tools/page");
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = s_chromium, Args = ["--no-sandbox", "--disable-gpu"] });
        IPage page = await _browser.NewPageAsync();
        page.SetDefaultTimeout(Longest);
        page.Console += (_, message) => _console.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => _console.Add(error);
        page.Request += (_, request) => _requests.Add(request.Url);
        await page.GotoAsync(Studio.PageAddress.AbsoluteUri);
        if (name is not null)
        {
            string id = await IdOf("first");
            await page.EvaluateAsync($"location.hash = '#/{name}/{id}'");
        }
        return page;
    }

    /// <summary>Draws a box around the left third of the map.</summary>
    private protected static async Task BoxLeft(IPage page)
    {
        ILocator map = page.GetByRole(AriaRole.Application);
        await page.GetByRole(AriaRole.Button, new() { Name = "Box" }).ClickAsync();
        LocatorBoundingBoxResult box = (await map.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + 2, box.Y + 2);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width / 3, box.Y + box.Height / 2);
        await page.Mouse.MoveAsync(box.X + box.Width / 3, box.Y + box.Height - 2);
        await page.Mouse.UpAsync();
    }

    /// <summary>No error, no request to another machine, and no token in the address.</summary>
    private protected async Task Holds(IPage page)
    {
        Assert.Empty(_console);
        Assert.All(_requests, url => Assert.True(url.StartsWith(Studio.Address.AbsoluteUri, StringComparison.Ordinal)
            || url.StartsWith("blob:", StringComparison.Ordinal), url));
        Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);
        await _browser!.CloseAsync();
        _playwright!.Dispose();
    }
}
