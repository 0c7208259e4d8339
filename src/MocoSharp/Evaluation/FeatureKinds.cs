using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Evaluation;

/// <summary>One kind of features to test: how pictures are seen, and what is computed of them.</summary>
/// <param name="Name">pixels, color histogram, untrained or trained: see <see cref="FeatureScore"/>.</param>
/// <param name="View">Nothing random.</param>
/// <param name="Compute">Where the network is, and the pictures' element type.</param>
/// <param name="Network">[N, C, H, W] to [N, D], in evaluation mode.</param>
internal sealed record FeatureKind(string Name, ViewPipeline View, Compute Compute, Func<Tensor, Tensor> Network)
{
    internal bool IsPixels => Name == FeatureScore.Pixels;
}

/// <summary>What training was worth: raw pixels, the colors of scenes, the encoder as the run began with it, and the trained one.</summary>
internal static class FeatureKinds
{
    /// <summary>Tests each kind in turn; networks are freed before the next one is made.</summary>
    /// <param name="run">A run with an encoder.</param>
    /// <param name="features">Which features.</param>
    /// <param name="test">Called once a kind.</param>
    /// <exception cref="MocoException">MS4003: the run has no encoder yet. MS5002: there is nothing labeled to test on. MS5005: the network
    /// has no such features.</exception>
    internal static void ForEach(EvaluatedRun run, FeatureSpace features, Action<FeatureKind> test)
    {
        run.Require();
        Recipe recipe = run.Recipe;
        run.Doing("raw pixels");
        test(new FeatureKind(FeatureScore.Pixels, EvaluationViews.Pixels(recipe), Compute.WithoutNetwork, static x => x));
        // maps can give their labels away by their palette
        if (recipe.Data.Modalities.Count > 0 && HistogramOf(recipe) is { } histogram)
        {
            run.Doing("color histograms");
            test(histogram);
        }
        if (run.Network is { } model)
        {
            if (features != FeatureSpace.Backbone)
                throw new MocoException(ErrorIds.UnknownFeatures,
                    $"there are no features '{features}': an ONNX model gives its output alone", at: run.Folder.Encoder,
                    fix: "take its output: --features backbone");
            run.Doing("the model");
            test(new FeatureKind(FeatureScore.Trained, recipe.EvaluationView(), model.Compute, model.Answer));
            return;
        }
        foreach (string name in new[] { FeatureScore.Untrained, FeatureScore.Trained })
        {
            run.Doing($"the {name} encoder");
            using ComparedNetwork network = ComparedNetwork.Open(run.Folder, recipe, features, isTrained: name == FeatureScore.Trained,
                run.Warn);
            test(new FeatureKind(name, recipe.EvaluationView(), run.Compute, network.Forward));
        }
    }

    /// <summary>The colors of what the first view sees; null where it has none.</summary>
    internal static FeatureKind? HistogramOf(Recipe recipe)
    {
        ViewPipeline view = recipe.EvaluationView();
        return view.Output(recipe.Data.ChannelCount).Channels == 3
            ? new FeatureKind(FeatureScore.Histogram, view, Compute.WithoutNetwork, pictures => ColorHistogram.Of(pictures, view.Stats))
            : null;
    }
}
