using System.Text.RegularExpressions;

namespace MocoSharp.Cli.Tests;

/// <summary>Code that pages quote is that of the samples, region by region.</summary>
public sealed partial class QuotedSampleTests
{
    [Fact]
    public void Every_quoted_region_is_in_its_sample_word_for_word_and_every_region_is_quoted()
    {
        List<string> quoted = [];
        foreach (string page in Directory.EnumerateFiles(Path.Combine(SourceFolder.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(SourceFolder.Root, "README.md")))
            foreach (Match quote in Quote().Matches(File.ReadAllText(page)))
            {
                (string file, string region, string text) = (quote.Groups[1].Value, quote.Groups[2].Value, quote.Groups[3].Value);
                Assert.Equal(RegionOf(file, region), text);
                quoted.Add($"{file}#{region}");
            }
        string[] regions = [.. from file in Sources()
                               from Match match in Region().Matches(File.ReadAllText(file))
                               select $"{Path.GetRelativePath(SourceFolder.Root, file)}#{match.Groups[1].Value}"];
        Assert.Equal(regions.Order(), quoted.Distinct().Order());
        Assert.True(regions.Length >= 6);
    }

    [Fact]
    public void A_folder_takes_ten_lines_and_a_method_forty()
    {
        Assert.InRange(RegionOf("samples/Photos/Program.cs", "photos").Split('\n').Length, 1, 10);
        Assert.InRange(RegionOf("samples/OwnMethod/PairContrast.cs", "method").Split('\n').Length, 1, 40);
    }

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(SourceFolder.Root, "samples"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains("/obj/", StringComparison.Ordinal));

    private static string RegionOf(string file, string name)
    {
        string text = File.ReadAllText(Path.Combine(SourceFolder.Root, file));
        Match match = Assert.Single(Region().Matches(text), match => match.Groups[1].Value == name);
        return match.Groups[2].Value;
    }

    [GeneratedRegex(@"<!-- quote: (\S+)#(\S+) -->\n```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Quote();

    [GeneratedRegex(@"#region (\S+)\n(.*?)\n[ \t]*#endregion", RegexOptions.Singleline)]
    private static partial Regex Region();
}
