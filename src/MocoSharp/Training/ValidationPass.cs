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

    private ValidationPass(ViewLoader loader, Method method, BatchReader reader) => (_loader, _method, _reader) = (loader, method, reader);

    /// <summary>Makes one; null, with a warning, where there are no pictures for it.</summary>
    /// <exception cref="OptionException">The method has no such loss.</exception>
    internal static ValidationPass? Open(Recipe recipe, TrainingData data, Method method, BatchReader reader, Action<string> warned)
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
        return new ValidationPass(new ViewLoader(test, recipe.ViewRecipe(), options), method, reader);
    }

    /// <summary>The mean over all pictures, in nats. A last picture that is left alone is not asked: most losses compare pictures of a
    /// batch. Null for one picture in all.</summary>
    internal double? Loss()
    {
        _method.Train(false);
        try
        {
            double sum = 0;
            int count = 0, batch = 0;
            foreach (ComingBatch coming in _reader.Coming(_loader.Epoch(RandomAddresses.ValidationEpoch)))
            {
                using (coming)
                using (TensorScope.Begin())
                using (GradMode.Off())
                {
                    if (coming.Count < 2) continue;
                    sum += _method.Step(coming.Read(RandomAddresses.ValidationBatch(batch++))).Loss.ToDouble() * coming.Count;
                    count += coming.Count;
                }
            }
            return count == 0 ? null : sum / count;
        }
        finally
        {
            _method.Train();
        }
    }
}
