using MocoSharp.Encoders;
using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>One kind of features of places.</summary>
/// <param name="Name">pixels, untrained or trained: see <see cref="FeatureScore"/>.</param>
/// <param name="Compute">Where the network is, and the pictures' element type.</param>
/// <param name="Maps">[N, C, H, W] to maps in fp32, [N, channels, h, w] each.</param>
internal sealed record DenseKind(string Name, Compute Compute, Func<Tensor, IReadOnlyList<Tensor>> Maps);

/// <summary>What training was worth to each place of a picture: colors, the encoder as the run began with it, and the trained
/// one.</summary>
internal static class DenseKinds
{
    /// <summary>Tests each kind in turn; a network is freed before the next one is made.</summary>
    /// <param name="run">A run with an encoder.</param>
    /// <param name="options">Which view and stages.</param>
    /// <param name="test">Called once a kind.</param>
    internal static void ForEach(EvaluatedRun run, SegmentationOptions options, Action<DenseKind> test)
    {
        run.Doing("pixels");
        test(new DenseKind(FeatureScore.Pixels, Compute.WithoutNetwork, StageMaps.Pixels));
        foreach (string name in new[] { FeatureScore.Untrained, FeatureScore.Trained })
        {
            run.Doing($"the {name} encoder");
            using Module owner = Open(run, options.View, isTrained: name == FeatureScore.Trained);
            test(new DenseKind(name, run.Compute, StageMaps.Of(StagesOf(owner, options.View), options.Layers)));
        }
    }

    /// <summary>The names of the stages whose maps are taken.</summary>
    /// <exception cref="MocoException">MS5005: there is no such stage.</exception>
    internal static IReadOnlyList<string> Layers(EvaluatedRun run, SegmentationOptions options)
    {
        using Module owner = Open(run, options.View, isTrained: true);
        return StageMaps.Names(StagesOf(owner, options.View), options.Layers);
    }

    /// <summary>What a view shows in tests.</summary>
    /// <exception cref="MocoException">MS5144: the run has no such view.</exception>
    internal static ViewPipeline ViewOf(Recipe recipe, int view)
    {
        IReadOnlyList<ViewPipeline> views = recipe.EvaluationViews();
        // views of one kind of picture go through one network
        int count = recipe.Data.Modalities.Count == 0 ? 1 : views.Count;
        if (view < 0 || view >= count)
            throw new MocoException(ErrorIds.NoSuchView, $"the run has no view {view} with a network of its own",
                fix: count == 1 ? "leave --view out: all its views are of one kind"
                : "take one of " + string.Join(", ", views.Select((one, at) => $"{at} ({recipe.Data.Modalities[one.Partner].Name})")));
        return view == 0 ? recipe.EvaluationView() : views[view];
    }

    /// <summary>What people should know of a view, in a sentence; null for ordinary ones.</summary>
    internal static string? NoteOf(Recipe recipe, ViewPipeline view) =>
        recipe.Data.Modalities.Count > 0 && recipe.Data.Modalities[view.Partner] is PaletteModality palette
            ? $"the encoder sees the map of classes itself ('{palette.Name}'): what it says of classes is what it is shown" : null;

    private static Module Open(EvaluatedRun run, int view, bool isTrained)
    {
        // the first view's encoder has a file of its own
        Module owner = view == 0 ? ComparedNetwork.EncoderOf(run.Folder, run.Recipe, isTrained)
            : ComparedNetwork.MethodOf(run.Folder, run.Recipe, isTrained, run.Warn);
        owner.MoveTo(run.Compute.Device);
        owner.Train(false);
        return owner;
    }

    private static IReadOnlyList<EncoderStage> StagesOf(Module owner, int view) =>
        owner is Method method ? method.StagesOf(view) : ((Encoder)owner).Stages;
}
