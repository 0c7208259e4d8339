using System.Reflection;
using System.Text.RegularExpressions;

namespace MocoSharp.Cli.Tests;

public sealed partial class ErrorPagesTests
{
    private static readonly Type[] s_ids = [typeof(TorchErrorIds), typeof(ErrorIds), typeof(Imaging.ErrorIds), typeof(Embedding.ErrorIds),
        typeof(Maps.ErrorIds), typeof(Studio.StudioErrorIds), typeof(CliErrorIds)];

    [Fact]
    public void Every_error_id_has_one_row_with_a_cause_and_a_way_to_mend_it_and_no_row_is_left_over()
    {
        string[] inCode = [.. s_ids.SelectMany(static type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(static field => (string)field.GetRawConstantValue()!).Order()];
        string[] inPage = [.. Row().Matches(File.ReadAllText(Path.Combine(SourceFolder.Root, "docs", "errors", "README.md")))
            .Select(static match => match.Groups[1].Value).Order()];
        Assert.Equal(inCode, inPage);
        Assert.Equal(inCode.Distinct(), inCode);
    }

    [Fact]
    public void No_error_id_in_the_sources_is_written_out_where_a_constant_should_stand()
    {
        string[] literal = [.. Directory.EnumerateFiles(Path.Combine(SourceFolder.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.EndsWith("ErrorIds.cs", StringComparison.Ordinal) && Literal().Matches(File.ReadAllText(file))
            .Any(static match => !match.Value.Contains("const", StringComparison.Ordinal)))];
        Assert.Empty(literal);
    }

    [GeneratedRegex(@"^\| (MS\d{4}) \| [^|]{10,} \| [^|]{10,} \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("^.*\"MS\\d{4}\".*$", RegexOptions.Multiline)]
    private static partial Regex Literal();
}
