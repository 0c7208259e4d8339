using System.Numerics;

namespace MocoSharp.Recipes;

/// <summary>Batch, batch norm splits, accumulation and memories that suit a number of pictures, all at once.</summary>
internal static class PictureFit
{
    private const int SmallestBatch = 8, LargestBatch = 256, BatchesInAnEpoch = 8, SmallestSplit = 4;

    /// <summary>The recipe with what it leaves to the number of pictures filled in; the same one where it leaves nothing.</summary>
    internal static Recipe Filled(Recipe recipe, int pictures)
    {
        if (recipe.Training.BatchSize > 0 && !recipe.Method.FollowsPictures) return recipe;
        Recipe solved = Solved(recipe, pictures);
        bool follows = recipe.Training.BatchSize == 0;
        return recipe with
        {
            Encoder = follows ? solved.Encoder : recipe.Encoder,
            Training = follows ? solved.Training : recipe.Training,
            Method = recipe.Method.FollowsPictures ? solved.Method : recipe.Method.ForBatch(solved.Training.BatchSize),
        };
    }

    /// <summary>The changes that make a recipe fit, as one line to paste; empty where it does.</summary>
    internal static string Line(Recipe recipe, int pictures) =>
        string.Join(' ', RecipeDifference.Between(recipe, Solved(recipe, pictures)).Select(static change => $"--set {change}"));

    /// <summary>The changes that a recipe which left batch and memories to the number of pictures would have; empty where it has
    /// them.</summary>
    internal static string LineFor(Recipe recipe, int pictures)
    {
        Recipe free = recipe with { Training = recipe.Training with { BatchSize = 0 } };
        return string.Join(' ', RecipeDifference.Between(recipe, Solved(free, pictures)).Select(static change => $"--set {change}"));
    }

    private static Recipe Solved(Recipe recipe, int pictures)
    {
        int batch = BatchFor(recipe, pictures);
        int splits = recipe.Encoder.BatchNormSplits;
        while (splits > 1 && (batch % splits != 0 || batch / splits < SmallestSplit)) splits--;
        int joint = batch + recipe.JointBatch - recipe.Training.BatchSize;
        return recipe with
        {
            Encoder = recipe.Encoder with { BatchNormSplits = splits },
            Training = recipe.Training with
            {
                BatchSize = batch,
                Accumulate = Math.Clamp(recipe.Training.Accumulate, 1, Math.Max(1, pictures / batch))
            },
            Method = recipe.Method.ForPictures(pictures, joint).ForBatch(batch),
        };
    }

    private static int BatchFor(Recipe recipe, int pictures)
    {
        int wanted = recipe.Training.BatchSize;
        if (wanted > 0 && wanted <= pictures && wanted % recipe.Encoder.BatchNormSplits == 0) return wanted;
        int some = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, pictures / BatchesInAnEpoch) + 1) / 2;
        int most = Math.Min(wanted > 0 ? wanted : LargestBatch, Math.Max(1, pictures));
        return Math.Min(Math.Clamp(some, SmallestBatch, LargestBatch), most);
    }
}
