using System.Text.RegularExpressions;

namespace MocoSharp.Runs;

/// <summary>ResNets under torchvision's names where other programs call their parts otherwise: by numbers, as a <c>Sequential</c> of a
/// ResNet's children does (lightly's backbones), and <c>shortcut</c> for <c>downsample</c> (lightly's own ResNet, SupContrast and others
/// after pytorch-cifar).</summary>
internal static partial class ResNetSpelling
{
    // which child is which: torchvision's with ReLU and pooling between, and lightly's ResNet for small pictures, which has neither
    private static readonly (string Number, string Name)[][] s_children =
    [
        [("0", "conv1"), ("1", "bn1"), ("4", "layer1"), ("5", "layer2"), ("6", "layer3"), ("7", "layer4")],
        [("0", "conv1"), ("1", "bn1"), ("2", "layer1"), ("3", "layer2"), ("4", "layer3"), ("5", "layer4")],
    ];

    /// <summary>A file's names in torchvision's spelling.</summary>
    /// <param name="names">All that the file holds; names of other networks stay as they are.</param>
    /// <returns>One for each, in the same order, none of them twice.</returns>
    internal static string[] Usual(IReadOnlyList<string> names)
    {
        HashSet<string> all = [.. names];
        Dictionary<string, (string Number, string Name)[]> sequentials = [];
        foreach (string name in names.Where(static name => name == "0.weight" || name.EndsWith(".0.weight", StringComparison.Ordinal)))
        {
            string prefix = name[..^"0.weight".Length];
            if (Array.Find(s_children, children => children.All(child => all.Contains(prefix + FirstOf(child)))) is { } children)
                sequentials[prefix] = children;
        }
        string[] usual = [.. names.Select(name => Shortcut().Replace(Named(name, sequentials), "downsample"))];
        return usual.Distinct().Count() == usual.Length ? usual : [.. names];
    }

    private static string FirstOf((string Number, string Name) child) => child.Name switch
    {
        "conv1" => $"{child.Number}.weight",
        "bn1" => $"{child.Number}.running_mean",
        _ => $"{child.Number}.0.conv1.weight",
    };

    private static string Named(string name, Dictionary<string, (string Number, string Name)[]> sequentials)
    {
        foreach ((string prefix, (string Number, string Name)[] children) in sequentials)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.IndexOf('.', prefix.Length) is not (> 0 and var dot)) continue;
            string number = name[prefix.Length..dot];
            if (Array.Find(children, child => child.Number == number).Name is { } part) return prefix + part + name[dot..];
        }
        return name;
    }

    [GeneratedRegex(@"(?<=\blayer\d\.\d+\.)shortcut(?=\.\d\.)", RegexOptions.CultureInvariant)]
    private static partial Regex Shortcut();
}
