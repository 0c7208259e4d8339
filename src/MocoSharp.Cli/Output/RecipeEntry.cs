using System.Globalization;
using MocoSharp.Recipes;

namespace MocoSharp.Cli.Output;

/// <summary>A recipe in a list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="What">The first line of its head.</param>
/// <param name="Source">The rest of its head: where it comes from, and what it was measured to give.</param>
/// <param name="Encoder">The encoder's name and width.</param>
/// <param name="ImageSize">Side of the pictures that it learns from.</param>
internal sealed record RecipeEntry(string Name, string What, string Source, string Encoder, int ImageSize)
{
    internal static RecipeEntry Of(string name)
    {
        RecipeFile file = RecipeFile.Load(name, []);
        string[] head = file.HeadComment.Split('\n', 2);
        double width = file.Recipe.Encoder.Width;
        string encoder = width == 1 ? file.Recipe.Encoder.Name
            : $"{file.Recipe.Encoder.Name} x {width.ToString(CultureInfo.InvariantCulture)}";
        int size = file.Recipe.ViewRecipe().Views[0].Output(file.Recipe.Data.Channels).ShorterSide;
        return new RecipeEntry(name, head[0], head.Length > 1 ? head[1].Trim() : "", encoder, size);
    }
}
