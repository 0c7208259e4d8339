using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Training;

/// <summary>What must hold before a training begins, and what is said when it cannot go on.</summary>
internal static class TrainingChecks
{
    internal static void RequireBatch(Recipe recipe, TrainingData data)
    {
        int pictures = data.Train.Count, batch = recipe.Training.BatchSize;
        if (pictures < batch)
            throw new OptionException("training.batchSize", batch,
                $"and there {(pictures == 1 ? "is 1 picture" : $"are {pictures} pictures")} to train on", at: data.Paths[0],
                fix: $"change what follows from it too, all at once: {PictureFit.Line(recipe, pictures)}; or add pictures");
        if (pictures / batch is var batches && batches < recipe.Training.Accumulate)
            throw new OptionException("training.accumulate", recipe.Training.Accumulate,
                $"and an epoch has {(batches == 1 ? "1 batch" : $"{batches} batches")} of {batch}, so no update would ever be made",
                at: data.Paths[0], fix: $"set it to {batches} or less (--set training.accumulate={batches}), or lower training.batchSize");
    }

    /// <summary>A run that was trained has checkpoints; to begin it again would cut its metrics and write over its encoder.</summary>
    /// <exception cref="MocoException">MS4011: they are gone.</exception>
    internal static void RequireCheckpoints(RunFolder folder, Recipe recipe)
    {
        if (folder.Steps().Count > 0) return;
        int epochs = File.Exists(folder.Metrics) ? File.ReadLines(folder.Metrics).Count() : 0;
        // a kill in the first checkpoint leaves the line of its epoch, which is no sign of one
        if (!File.Exists(folder.Encoder) && epochs <= recipe.Checkpoints.EveryEpochs) return;
        string signs = string.Join(" and ",
            new[] { File.Exists(folder.Encoder) ? "it has an encoder" : null, epochs > 0
            ? $"metrics.jsonl tells of {(epochs == 1 ? "1 epoch" : $"{epochs} epochs")}" : null }.OfType<string>());
        throw new MocoException(ErrorIds.CheckpointsLost,
            $"the run has no checkpoint, and {signs}: its checkpoints were taken away, and without them it cannot go on. Nothing was "
            + $"changed", at: folder.Checkpoints,
            fix: $"bring the folder back, or begin again in another one: moco train {CommandText.Quoted(folder.Recipe)} --data … --run "
            + $"FOLDER; the encoder that is there can still be tested");
    }

    /// <summary>A rate that changes per epoch can be 0 in all of a short training's epochs; it would end as it began.</summary>
    internal static void RequireRate(Recipe recipe)
    {
        int epochs = recipe.Training.Epochs;
        RateSettings rate = recipe.LearningRate;
        if (rate.Per == RatePer.Epoch && Enumerable.Range(0, epochs).All(epoch => rate.At(new TrainingClock(epoch, epoch, 1, epochs)) <= 0))
            throw new OptionException("training.epochs", epochs,
                "so few that the learning rate, which changes per epoch, is 0 in all of them",
                fix: "let it change per update (--set learningRate.per=step), or train for more epochs (--stop-after ends a longer "
                + "training early)");
    }

    /// <summary>A method that learns from labels needs some.</summary>
    /// <exception cref="MocoException">MS5160: no picture to learn from has one.</exception>
    internal static void RequireLabels(Recipe recipe, Method method, TrainingData data)
    {
        if (method.LearnsFromLabels && Labeled(data) == 0)
            throw new MocoException(ErrorIds.MethodNeedsLabels,
                $"method {MethodRegistry.NameOf(recipe.Method)} learns from labels, and none of the {data.Train.Count} pictures to learn "
                + $"from has one",
                at: data.Paths[0],
                fix: "put the pictures into a folder a class, or name a CSV file with columns file and label (--labels FILE); a recipe of "
                + "method simclr learns the same way without labels");
    }

    private static int Labeled(TrainingData data)
    {
        int labeled = 0;
        for (int picture = 0; picture < data.Train.Count; picture++)
            if (data.Train.Label(picture) >= 0) labeled++;
        return labeled;
    }

    /// <summary>What is done otherwise than the recipe says, and what may go wrong with these pictures; a sentence each.</summary>
    internal static IEnumerable<string> Warnings(Recipe recipe, TrainingData data, Method method, Compute compute) =>
        [.. new[] { ProcessorLimit.Note("data.workers", recipe.Data.Workers) }.OfType<string>(), .. data.Notes,
            .. OfPictures(recipe, method, data.Train.Count), .. OfLabels(method, data), .. Machine(compute)];

    private static string[] OfPictures(Recipe recipe, Method method, int pictures)
    {
        string[] warnings = [.. method.Warnings(pictures)];
        return warnings.Length == 0 || PictureFit.LineFor(recipe, pictures) is not { Length: > 0 } line ? warnings
            : [.. warnings[..^1], $"{warnings[^1]}: {line}"];
    }

    private static IEnumerable<string> OfLabels(Method method, TrainingData data)
    {
        if (method.LearnsFromLabels && Labeled(data) is var labeled && labeled < data.Train.Count)
            yield return $"{labeled} of the {data.Train.Count} pictures to learn from have a label; each of the others has only its own "
                + $"other view to find, as without labels";
    }

    /// <summary>A batch's views must fit into the machine's memory, three times: one in use and two made ahead.</summary>
    internal static void RequireMemory(Recipe recipe, EpochLoaders loaders)
    {
        long numbers = 0;
        for (int view = 0; view < loaders.Views; view++)
        {
            long one = (long)loaders.Size(view).Samples * recipe.JointBatch;
            if (one > Array.MaxLength) throw TooLarge(
                $"makes {one:N0} numbers of one view, and one block of memory holds {Array.MaxLength:N0}");
            numbers += one;
        }
        double there = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, needed = 3.0 * sizeof(float) * numbers;
        if (needed > there) throw TooLarge(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"whose views take {needed / (1 << 30):f1} GiB in the loader, and this machine has {there / (1 << 30):f1}"));

        OptionException TooLarge(string problem) =>
            new("training.batchSize", recipe.Training.BatchSize, problem, fix: "lower training.batchSize, or the size of the views");
    }

    /// <summary>As many views as the method takes, of its channels, the global ones first.</summary>
    internal static void RequireViews(Recipe recipe, Method method)
    {
        ImageSize[] sizes = [.. recipe.ViewRecipe().Views.Select(view => view.Output(recipe.Data.ChannelCount))];
        int views = method.TakesLocalViews ? Math.Max(2, method.Views) : method.Views;
        if (sizes.Length < views || sizes.Length > views && !method.TakesLocalViews)
            throw new OptionException(nameof(Recipe.Views), sizes.Length,
                $"views a picture, and the method takes {views}{(method.TakesLocalViews ? " or more" : "")}",
                fix: $"give {views} views (repeat: {views})");
        if (method.TakesLocalViews) RequireGlobalViewsFirst(method.Views, sizes);
        IReadOnlyList<int> takes = method.ViewChannels ?? [];
        for (int view = 0; view < takes.Count; view++)
            if (sizes[view].Channels is var has && has != takes[view])
                throw new OptionException($"views.{view}", $"of {has} channels", $"and the method takes {takes[view]} there",
                    fix: "bring method.viewChannels and the views into the same order");
        foreach (ImageSize size in sizes) method.Encoder.CheckSize(size.Height, size.Width);
        method.CheckViews(recipe.ViewRecipe().Views, recipe.Data.ChannelCount);
    }

    private static void RequireGlobalViewsFirst(int globalViews, ImageSize[] sizes)
    {
        ImageSize first = sizes[0];
        for (int view = 1; view < sizes.Length; view++)
        {
            bool isGlobal = view < globalViews;
            if (sizes[view] == first || !isGlobal && sizes[view].Width <= first.Width && sizes[view].Height <= first.Height) continue;
            throw new OptionException(nameof(Recipe.Views),
                $"of {first.Width}×{first.Height} pixels at first, and {sizes[view].Width}×{sizes[view].Height} as view {view + 1}",
                isGlobal ? $"and the method's first {globalViews} views, its global ones, are of one size" : "and no local view is larger "
                + "than the global ones", fix: $"write the global views first ({globalViews} of one size), then the local ones");
        }
    }

    private static IEnumerable<string> Machine(Compute compute)
    {
        if (compute.Device.IsCpu && compute.Type == DType.BFloat16 && !Kernels.HasBf16)
            yield return $"this processor has no bf16 arithmetic (its level is {Kernels.Level}): convolutions are computed in fp32, and "
                + $"only what they give is kept in bf16; --set training.precision=fp32 is faster";
        if (Runtime.LibraryIsHeldBack)
            yield return "libtorch's oneDNN is left out, since it gives wrong convolutions on this machine or MOCOSHARP_ONEDNN is off; "
                + "libtorch's plain operators, which take its place where no kernel of our own does, are slower";
        if (KernelCache.Problem is { } problem)
            yield return $"the choice of kernels cannot be kept ({problem}): the same command may choose others next time and give "
                + $"weights that differ in the last bits; set XDG_CACHE_HOME to a folder that can be written";
    }

    internal static MocoException LossIsNotFinite(double loss, TrainingPosition position, double rate, RunFolder folder)
    {
        long? good = folder.Steps() is [long newest, ..] ? newest : null;
        return new MocoException(ErrorIds.LossNotFinite,
            $"the loss of update {position.Step + 1} (epoch {position.Epoch + 1}) is {loss}; the learning rate was {rate:g4}",
            at: folder.Root,
            fix: (good is null ? "there is no checkpoint yet; " : $"the last good checkpoint is {folder.Checkpoint(good.Value)}; ")
                + "train anew with a lower learning rate (--set learningRate.start=…), a warm-up, or gradient clipping (--set "
                + "training.clipGradients=1)");
    }
}
