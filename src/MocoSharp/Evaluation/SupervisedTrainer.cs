using MocoSharp.Features;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Imaging.Loading;
using MocoSharp.Methods.Blocks;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;
using MocoSharp.Torch.Optim;
using MocoSharp.Torch.Schedules;

namespace MocoSharp.Evaluation;

/// <summary>Trains an encoder and a linear layer behind it on labels: Nesterov descent, a cosine down after a short rise, random crops and
/// mirroring.</summary>
internal sealed class SupervisedTrainer(Recipe recipe, FineTuneOptions options)
{
    private const double Momentum = 0.9;
    private readonly Compute _compute = Compute.Of(recipe.Training);

    /// <summary>Trains in place.</summary>
    /// <param name="network">Its head is a linear layer.</param>
    /// <param name="labeled">Pictures that all have labels.</param>
    /// <param name="rate">η of the encoder at its highest.</param>
    /// <param name="epochs">Passes.</param>
    /// <param name="doing">Told of each epoch.</param>
    /// <param name="after">Looks at the network in evaluation mode behind each epoch but the last.</param>
    /// <param name="cancel">Stops between updates.</param>
    /// <returns>Whether the loss stayed a number.</returns>
    internal bool Train(ProjectionNetwork network, IImageSource labeled, double rate, int epochs, Action<int> doing,
        Action<int>? after, CancellationToken cancel)
    {
        FrozenStages frozen = FrozenStages.Of(network.Encoder, options.Freeze);
        network.Train();
        frozen.Freeze();
        using Sgd optimizer = new(Groups(network), Momentum, nesterov: true);
        ViewLoader loader = Loader(labeled);
        BatchReader reader = new(_compute, options.Seed);
        CosineSchedule schedule = new(rate, epochs, WarmUpEpochs: Math.Min(1, 0.1 * epochs));
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            doing(epoch);
            int batch = 0;
            foreach (ComingBatch coming in reader.Coming(loader.Epoch(epoch, 0, cancel)))
            {
                using TensorScope scope = TensorScope.Begin();
                using (coming)
                {
                    Tensor labels = Tensor.From<long>([.. coming.Loaded.Labels.ToArray().Select(static label => (long)label)])
                        .To(_compute.Device);
                    Tensor loss = Functional.CrossEntropy(network.Forward(coming.View(0)), labels);
                    if (!double.IsFinite(loss.ToDouble())) return false;
                    loss.Backward();
                }
                optimizer.Update(schedule.At(epoch + (double)batch++ / loader.BatchesPerEpoch));
            }
            if (after is null || epoch + 1 == epochs) continue;
            network.Train(false);
            after(epoch);
            network.Train();
            frozen.Freeze();
        }
        network.Train(false);
        return true;
    }

    private List<ParameterGroup> Groups(ProjectionNetwork network)
    {
        List<ParameterGroup> groups = [];
        (string, Tensor)[] encoder = [.. network.Encoder.Parameters().Where(static p => p.Value.RequiresGrad)];
        if (encoder.Length > 0) groups.Add(new ParameterGroup("encoder", encoder, options.WeightDecay));
        groups.Add(new ParameterGroup("head", [.. network.Head.Parameters()], options.WeightDecay, options.HeadScale));
        return groups;
    }

    private ViewLoader Loader(IImageSource labeled)
    {
        ViewPipeline view = EvaluationViews.Augmented(recipe, isPixels: false, options.MinimumArea);
        return new ViewLoader(labeled, new ViewRecipe([view]),
            EpochLoaders.Options(recipe) with { BatchSize = options.BatchFor(labeled.Count), Seed = options.Seed });
    }
}
