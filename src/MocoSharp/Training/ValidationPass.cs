using MocoSharp.Features;
using MocoSharp.Imaging.Loading;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;

namespace MocoSharp.Training;

/// <summary>Takes a method's loss on pictures that it does not learn from. The views are the training's, drawn the same at every
/// pass.</summary>
internal sealed class ValidationPass
{
    private readonly ViewLoader _loader;
    private readonly Method _method;
    private readonly BatchReader _reader;

    private readonly SharedWork _work;

    private ValidationPass(ViewLoader loader, Method method, BatchReader reader, SharedWork work) =>
        (_loader, _method, _reader, _work) = (loader, method, reader, work);

    /// <summary>Makes one; null, with a warning, where there are no pictures for it.</summary>
    /// <exception cref="OptionException">The method has no such loss.</exception>
    internal static ValidationPass? Open(Recipe recipe, TrainingData data, Method method, BatchReader reader, SharedWork work,
        Action<string> warned)
    {
        if (!method.CanValidate)
            throw new OptionException("monitor.validationLoss", true,
                $"and {MethodRegistry.NameOf(recipe.Method)} remembers each training picture by its place, so that other pictures have "
                + $"no loss",
                fix: "set monitor.validationLoss to false");
        if (data.Test is not { } test)
        {
            warned("there are no test pictures, so there is no validation loss: add a folder test/, val/ or valid/, "
                + "or name one with --test");
            return null;
        }
        LoaderOptions options = EpochLoaders.Options(recipe) with
        {
            BatchSize = Math.Min(recipe.Training.BatchSize, test.Count),
            DropLast = false,
        };
        return new ValidationPass(new ViewLoader(test, recipe.ViewRecipe(), options), method, reader, work);
    }

    /// <summary>The mean over all pictures, in nats. A last picture that is left alone is not asked: most losses compare pictures of a
    /// batch. Null for one picture in all.</summary>
    internal double? Loss()
    {
        _method.Train(false);
        try
        {
            double[] losses = new double[_loader.BatchesPerEpoch], counts = new double[losses.Length];
            (int batch, int own) = _work.Own(losses.Length);
            _work.Do(() =>
            {
                foreach (ComingBatch coming in _reader.Coming(_loader.Part(RandomAddresses.ValidationEpoch, batch, own)))
                {
                    using (coming) (losses[batch], counts[batch]) = LossOf(coming, batch);
                    batch++;
                }
            });
            _work.Spread(losses, losses.Length, block: 1);
            _work.Spread(counts, counts.Length, block: 1);
            double sum = 0;
            for (int i = 0; i < losses.Length; i++) sum += losses[i] * counts[i];
            return counts.Sum() is > 0 and var pictures ? sum / pictures : null;
        }
        finally
        {
            _method.Train();
        }
    }

    private (double Loss, int Pictures) LossOf(ComingBatch coming, int batch)
    {
        if (coming.Count < 2) return (0, 0);
        using TensorScope scope = TensorScope.Begin();
        using GradMode off = GradMode.Off();
        return (_method.Step(coming.Read(RandomAddresses.ValidationBatch(batch))).Loss.ToDouble(), coming.Count);
    }
}
