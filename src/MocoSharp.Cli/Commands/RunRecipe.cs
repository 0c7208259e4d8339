using MocoSharp.Recipes;
using MocoSharp.Training;

namespace MocoSharp.Cli.Commands;

/// <summary>A run's recipe, with the device that is to compute now.</summary>
internal static class RunRecipe
{
    internal const string Default = "the run's";

    /// <param name="folder">The run.</param>
    /// <param name="device">As the command line names it; null for the one that the run was on last.</param>
    internal static RecipeFile Of(RunFolder folder, string? device)
    {
        device ??= File.Exists(folder.Environment) ? RunEnvironment.Read(folder).Device : null;
        return RecipeFile.Load(folder.Recipe, device is null ? [] : [Assignment(device)]);
    }

    /// <summary>As <c>--set</c> takes it.</summary>
    internal static string Assignment(string device) => $"training.device={device}";
}
