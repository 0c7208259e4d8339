using MocoSharp.Encoders;
using MocoSharp.Recipes;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Training;

/// <summary>What of a recipe cannot be shared over ranks.</summary>
internal static class RankChecks
{
    /// <summary>Refuses it before anything begins.</summary>
    /// <param name="recipe">What is to be done.</param>
    /// <param name="ranks">How many share it.</param>
    /// <param name="pictures">How many there are to train on.</param>
    /// <exception cref="MocoException">MS5268: it cannot be shared, or not over so many.</exception>
    internal static void Require(Recipe recipe, int ranks, int pictures)
    {
        if (ranks == 1) return;
        (int batch, int splits) = (recipe.Training.BatchSize, recipe.Encoder.BatchNormSplits);
        if (pictures < 2 * ranks)
            throw Refused($"there {(pictures == 1 ? "is 1 picture" : $"are {pictures} pictures")} to train on, and {ranks} ranks need "
                + $"{2 * ranks}: 2 each",
                $"add pictures, or {(pictures < 4 ? "train in one process" : $"start {pictures / 2} ranks or fewer")}");
        if (pictures < batch)
            throw Refused($"training.batchSize is {batch}, and there are {pictures} pictures to train on",
                $"change what follows from it too, all at once: {PictureFit.Line(recipe, pictures / ranks * ranks)}; or add pictures");
        if (batch % ranks != 0)
            throw Refused($"training.batchSize is {batch}, and {ranks} ranks cannot have equal parts of it",
                $"set it to a multiple of {ranks} (--set training.batchSize={(batch / ranks + 1) * ranks}), or start as many ranks as "
                + "divide it");
        if (batch / ranks < 2)
            throw Refused($"training.batchSize is {batch}, so each of {ranks} ranks has 1 picture, and batch norm needs 2",
                $"set it to {2 * ranks} or more, or start fewer ranks");
        if (splits > ranks && splits % ranks != 0)
            throw Refused($"encoder.batchNormSplits is {splits}, and {ranks} ranks cannot have equal parts of it",
                $"set it to a multiple of {ranks}, or start as many ranks as divide it");
        if (recipe.Training.Device != "cpu")
            throw Refused($"training.device is {recipe.Training.Device}, and ranks compute on the processor: libtorch's gloo adds there",
                "set training.device to cpu (--device cpu), or train in one process");
        if (recipe.Probe is not null)
            throw Refused("the recipe has an online probe, which learns in evaluation mode from each rank's own running statistics, so it "
                + "would differ from rank to rank", "leave the recipe's probe out (--set probe=null), or train in one process");
    }

    /// <summary>The encoder as ranks have it: with a split of batch norm for each rank, or more.</summary>
    internal static EncoderOptions EncoderOf(Recipe recipe, Peers peers) => peers.Count == 1 || !recipe.Encoder.HasBatchNorm
        ? recipe.Encoder : recipe.Encoder with { BatchNormSplits = Math.Max(recipe.Encoder.BatchNormSplits, peers.Count) };

    private static MocoException Refused(string what, string fix) => new(ErrorIds.NotOverRanks, what, fix: fix);
}
