using System.Xml.Linq;

namespace MocoSharp.Torch.Tests;

/// <summary>The arrows between projects point one way.</summary>
public sealed class ArchitectureTests
{
    private const int Columns = 140;

    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["MocoSharp.Core"] = [],
        ["MocoSharp.Torch"] = ["MocoSharp.Core"],
        ["MocoSharp.Pixels"] = ["MocoSharp.Core"],
        ["MocoSharp.Embedding"] = ["MocoSharp.Pixels"],
        ["MocoSharp.Imaging"] = ["MocoSharp.Pixels"],
        ["MocoSharp.Maps"] = ["MocoSharp.Core"],
        ["MocoSharp"] = ["MocoSharp.Imaging", "MocoSharp.Maps", "MocoSharp.Torch"],
        ["MocoSharp.Charts"] = ["MocoSharp"],
        ["MocoSharp.Reports"] = ["MocoSharp", "MocoSharp.Charts"],
        ["MocoSharp.Exchange"] = ["MocoSharp"],
        ["MocoSharp.Bench"] = ["MocoSharp"],
        ["MocoSharp.Teachers"] = ["MocoSharp"],
        ["MocoSharp.Terrain"] = ["MocoSharp.Imaging"],
        ["MocoSharp.Cli"] = ["MocoSharp", "MocoSharp.Bench", "MocoSharp.Charts", "MocoSharp.Exchange", "MocoSharp.Maps",
            "MocoSharp.Reports", "MocoSharp.Studio", "MocoSharp.Teachers", "MocoSharp.Terrain"],
        ["MocoSharp.Studio"] = ["MocoSharp", "MocoSharp.Charts", "MocoSharp.Maps", "MocoSharp.Reports"],
    };

    public static TheoryData<string> Projects =>
        [.. Directory.GetFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories)];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_refers_only_to_those_it_may(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        Assert.True(s_allowed.TryGetValue(name, out string[]? allowed), $"{name} is new: say in this test what it may refer to");
        IEnumerable<string> references = XDocument.Load(path).Descendants("ProjectReference")
            .Select(static reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.All(references, reference => Assert.Contains(reference, allowed!));
    }

    [Fact]
    public void The_product_refers_to_both_of_its_foundations()
    {
        string text = File.ReadAllText(Path.Combine(Root(), "src/MocoSharp/MocoSharp.csproj"));
        Assert.All(s_allowed["MocoSharp"], name => Assert.Contains($"{name}.csproj", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Native_declarations_stay_in_their_homes()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Root(), "src"), "*.cs", SearchOption.AllDirectories))
        {
            if (!File.ReadAllText(file).Contains("[LibraryImport(", StringComparison.Ordinal)) continue;
            string place = Path.GetRelativePath(Path.Combine(Root(), "src"), file).Replace('\\', '/');
            Assert.True(place is "MocoSharp.Cli/Interop/NativeMethods.cs"
                || place.StartsWith("MocoSharp.Torch/Interop/NativeMethods.", StringComparison.Ordinal)
                || place.StartsWith("MocoSharp.Imaging/", StringComparison.Ordinal), place);
        }
    }

    [Fact]
    public void No_line_of_the_source_is_longer_than_140_columns()
    {
        string[] folders = ["src", "tests", "bench", "samples", "native"];
        string[] kinds = [".cs", ".cpp", ".h", ".ts", ".tsx", ".css"];
        IEnumerable<string> wrong = from folder in folders
                                    from file in Directory.EnumerateFiles(Path.Combine(Root(), folder), "*", SearchOption.AllDirectories)
                                    where kinds.Contains(Path.GetExtension(file)) && !file.Contains("/obj/", StringComparison.Ordinal)
                                    from line in File.ReadLines(file).Index()
                                    where line.Item.Length > Columns
                                    select $"{Path.GetRelativePath(Root(), file)}({line.Index + 1})";
        Assert.Empty(wrong);
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MocoSharp.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests run outside of the source tree");
    }
}
