using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MocoSharp.Cli.Tests;

/// <summary>A page as Chromium lays it out. Tests that need it are skipped where it is not installed.</summary>
internal sealed partial class Browser
{
    private static readonly string? s_program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(static folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3);

    /// <summary>Skips the test where there is no Chromium.</summary>
    internal static void Require() => Assert.SkipWhen(s_program is null, "Chromium is not installed: apt-get install chromium");

    /// <summary>Opens a page in a frame of some width and measures it.</summary>
    /// <param name="page">The file.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="isDark">Whether its reader prefers dark pages.</param>
    internal static Layout Open(string page, int width, bool isDark)
    {
        string folder = Directory.CreateTempSubdirectory("moco-browser-").FullName;
        try
        {
            string outer = Path.Combine(folder, "outer.html");
            File.WriteAllText(outer, Outer.Replace("PAGE", new Uri(page).AbsoluteUri, StringComparison.Ordinal)
                .Replace("WIDTH", $"{width}", StringComparison.Ordinal));
            (string dom, string log) = Run(
                ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", $"--user-data-dir={folder}/profile",
                    $"--blink-settings=preferredColorScheme={(isDark ? 0 : 1)}", "--enable-logging=stderr", "--virtual-time-budget=20000",
                    $"--window-size={width + 100},1000", "--dump-dom", new Uri(outer).AbsoluteUri]);
            Match found = Result().Match(dom);
            Assert.True(found.Success, $"the page was not measured:\n{log}\n{dom}");
            string json = System.Net.WebUtility.HtmlDecode(found.Groups[1].Value);
            Layout layout = JsonSerializer.Deserialize<Layout>(json, JsonSerializerOptions.Web)!;
            return layout with { Console = [.. log.Split('\n').Where(static line => line.Contains("CONSOLE", StringComparison.Ordinal))] };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (string Out, string Error) Run(IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(s_program!, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_longest))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("Chromium did not end");
        }
        return (output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    // The page runs no scripts, so the measuring is done from outside of it.
    private const string Outer = """
        <!DOCTYPE html><meta charset="utf-8"><body><iframe id="frame" src="PAGE" style="width:WIDTHpx;height:900px;border:0"></iframe>
        <pre id="result"></pre><script>
        const luminance = color => {
          const [r, g, b] = color.match(/[\d.]+/g).map(v => Number(v) / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const behind = (view, element) => {
          for (let e = element; e; e = e.parentElement) {
            const color = view.getComputedStyle(e).backgroundColor;
            if (!/, 0\)$|transparent/.test(color)) return color;
          }
          return 'rgb(255, 255, 255)';
        };
        document.getElementById('frame').addEventListener('load', () => {
          const frame = document.getElementById('frame'), page = frame.contentDocument, view = frame.contentWindow;
          const all = [...page.querySelectorAll('body *')], ids = all.map(e => e.id).filter(id => id);
          const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
          const words = all.filter(e => own(e) && e.closest('svg') === null && e.tagName !== 'STYLE');
          const contrast = words.map(e => {
            const pair = [luminance(view.getComputedStyle(e).color), luminance(behind(view, e))].sort();
            return { ratio: (pair[1] + 0.05) / (pair[0] + 0.05), what: e.tagName + ' ' + e.textContent.slice(0, 40) };
          });
          const least = contrast.reduce((a, b) => a.ratio <= b.ratio ? a : b);
          document.getElementById('result').textContent = JSON.stringify({
            scrollWidth: page.documentElement.scrollWidth, background: view.getComputedStyle(page.body).backgroundColor,
            images: page.images.length, brokenImages: [...page.images].filter(i => !i.complete || i.naturalWidth === 0).length,
            withoutWords: all.filter(e => (e.tagName === 'IMG' && !e.alt) || (e.tagName === 'svg' && !e.getAttribute('aria-label'))).length,
            tablesWithoutCaption: [...page.querySelectorAll('table')].filter(t => !t.caption).length,
            headings: [...page.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1])),
            deadLinks: [...page.querySelectorAll('a')].map(a => a.getAttribute('href')).filter(h => !page.getElementById(h.slice(1))),
            repeatedIds: ids.filter((id, at) => ids.indexOf(id) !== at), scripts: page.scripts.length,
            requests: view.performance.getEntriesByType('resource').map(r => r.name).filter(n => !n.startsWith('data:')),
            leastContrast: least.ratio, leastContrastOf: least.what, text: page.body.innerText,
          });
        });
        </script></body>
        """;

    [GeneratedRegex("<pre id=\"result\">([^<]+)</pre>")]
    private static partial Regex Result();
}

/// <summary>What a browser says of a page.</summary>
internal sealed record Layout(
    int ScrollWidth, string Background, int Images, int BrokenImages, int WithoutWords, int TablesWithoutCaption, int[] Headings,
    string[] DeadLinks, string[] RepeatedIds, int Scripts, string[] Requests, double LeastContrast, string LeastContrastOf, string Text)
{
    /// <summary>What it wrote on its console.</summary>
    public string[] Console { get; init; } = [];

    /// <summary>Holds a page against what every page must be.</summary>
    internal void Holds(int width)
    {
        Assert.Empty(Console);
        Assert.Empty(Requests);
        Assert.Equal((0, 0, 0, 0), (Scripts, BrokenImages, WithoutWords, TablesWithoutCaption));
        Assert.True(ScrollWidth <= width, $"the page is {ScrollWidth} pixels wide in a window of {width}");
        Assert.Empty(DeadLinks);
        Assert.Empty(RepeatedIds);
        Assert.Equal(1, Headings[0]);
        Assert.All(Headings.Zip(Headings.Skip(1)), static pair => Assert.InRange(pair.Second, 2, pair.First + 1));
        Assert.True(LeastContrast >= 4.5, $"the contrast of '{LeastContrastOf}' is {LeastContrast:0.0}");
    }
}
