using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Training;

/// <summary>How a run goes on: as if it had never been stopped, or otherwise where that was asked for.</summary>
/// <param name="MayDiffer">Whether pictures, recipe and machine may differ in what decides the weights.</param>
/// <param name="Before">The recipe before something in it was changed that decides the weights; null where nothing was.</param>
/// <param name="RecipeText">The recipe's new text; null where nothing in it was changed.</param>
internal sealed record GoingOn(bool MayDiffer = false, Recipe? Before = null, string? RecipeText = null)
{
    /// <summary>Where the training stands now, by its newest checkpoint.</summary>
    internal CheckpointState From(CheckpointState newest, RunWorld world, Recipe recipe, int stepsPerEpoch, Action<string> warned)
    {
        if (world.Changes.Count == 0 && Before is null)
        {
            if (world.Environment.Kernels is null)
                warned("environment.json does not say which convolution kernels the run had chosen: they are measured anew, and weights "
                    + "may differ in the last bits from those of a run that was never stopped");
            return newest;
        }
        string[] keys = Before is null ? [] : [.. RecipeDifference.Between(Before, recipe)];
        IEnumerable<string> changes = keys.Length == 0 ? world.Changes
            : world.Changes.Where(static change => change != RunEnvironment.RecipeChanged)
            .Append($"the recipe has {string.Join(", ", keys)} now");
        foreach (string change in changes) warned($"{change}: the weights are not those of a run that was never stopped");
        // a part of an epoch means nothing where its pictures, or the batches that they are dealt into, are others
        bool isOtherEpoch = newest.BatchInEpoch > 0 && (world.Places is not null || Before is not null);
        if (isOtherEpoch) warned($"epoch {newest.Epoch + 1} begins again: {newest.BatchInEpoch} batches of it were done as it was before");
        CheckpointState state = isOtherEpoch ? newest with { BatchInEpoch = 0, LossSum = 0, MeasureSums = null } : newest;
        if (RateNote(recipe, state, stepsPerEpoch) is { } note) warned(note);
        return world.Places is null ? state : state with { BestKnn = null, BestStep = null };       // the best of other pictures is no bar
    }

    /// <summary>What a change of the recipe does to the learning rate; null where it does nothing.</summary>
    private string? RateNote(Recipe now, CheckpointState state, int stepsPerEpoch)
    {
        if (Before is null || state.Epoch >= now.Training.Epochs) return null;
        double At(Recipe recipe) => recipe.LearningRate.At(new TrainingClock(state.Epoch, (long)state.Epoch * stepsPerEpoch, stepsPerEpoch,
            recipe.Training.Epochs));
        double before = state.Epoch < Before.Training.Epochs ? At(Before) : 0, after = At(now);
        return before == after ? null
            : state.Epoch < Before.Training.Epochs
            ? $"the learning rate goes on at {after:g4}; by the schedule of before it would be {before:g4}"
            : $"the learning rate goes on at {after:g4}, where a schedule of {now.Training.Epochs} epochs has it after {state.Epoch}";
    }
}
