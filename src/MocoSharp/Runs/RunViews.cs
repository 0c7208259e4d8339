using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Sheets;
using MocoSharp.Recipes;

namespace MocoSharp.Runs;

/// <summary>Writes a run's <c>views.png</c>: some pictures, and what the model sees of them.</summary>
internal static class RunViews
{
    internal static void Write(RunFolder folder, Recipe recipe, TrainingData data) => AtomicFile.Write(folder.Views,
        ImageEncoder.Png(ViewSheet.Render(data.Train, recipe.ViewRecipe(), recipe.Data.Request(),
        new ViewSheetOptions(Seed: recipe.Training.Seed))));
}
