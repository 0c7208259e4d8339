using System.Globalization;
using System.Text.RegularExpressions;
using MocoSharp.Recipes;

namespace MocoSharp.Cli.Output;

/// <summary>A recipe in a list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="What">The first sentence of its head.</param>
/// <param name="Source">The rest of its head: where it comes from, and what it was measured to give.</param>
/// <param name="Encoder">The encoder's name and width.</param>
/// <param name="ImageSize">Side of the pictures that it learns from.</param>
internal sealed partial record RecipeEntry(string Name, string What, string Source, string Encoder, int ImageSize)
{
    internal static RecipeEntry Of(string name)
    {
        RecipeFile file = RecipeFile.Load(name, []);
        string head = string.Join(' ', file.HeadComment.Split('\n').Select(static line => line.Trim()));
        Match end = SentenceEnd().Match(head);
        (string what, string source) = end.Success ? (head[..(end.Index + 1)], head[(end.Index + end.Length)..]) : (head, "");
        double width = file.Recipe.Encoder.Width;
        string encoder = width == 1 ? file.Recipe.Encoder.Name
            : $"{file.Recipe.Encoder.Name} x {width.ToString(CultureInfo.InvariantCulture)}";
        int size = file.Recipe.ViewRecipe().Views[0].Output(file.Recipe.Data.ChannelCount).ShorterSide;
        return new RecipeEntry(name, what, source, encoder, size);
    }

    [GeneratedRegex(@"\.\s+(?=[A-Z])")]
    private static partial Regex SentenceEnd();
}
