using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Features;

/// <summary>A run's network in evaluation mode, as it is now or as it was before the first step.</summary>
internal sealed class ComparedNetwork : IDisposable
{
    private readonly Module _owner;

    private ComparedNetwork(Module owner, Func<Tensor, Tensor> forward)
    {
        (_owner, Forward) = (owner, forward);
        _owner.Train(false);
    }

    /// <summary>[N, C, H, W] to [N, D].</summary>
    internal Func<Tensor, Tensor> Forward { get; }

    /// <summary>Builds it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="features">Which of its numbers.</param>
    /// <param name="isTrained">As it is now, or as it was before the first step.</param>
    /// <param name="warned">Told of each damaged checkpoint that is passed over.</param>
    /// <exception cref="MocoException">MS4003, MS4006: a part of the head is asked for, and the run has no whole checkpoint. MS5005: the
    /// network has no such part.</exception>
    internal static ComparedNetwork Open(RunFolder run, Recipe recipe, FeatureSpace features, bool isTrained, Action<string>? warned)
    {
        if (!features.NeedsHead)
        {
            Encoder encoder = EncoderOf(run, recipe, isTrained);
            return Owning(encoder, recipe, () => features.Of(encoder));
        }
        if (run.Foreign is not null)
            throw new MocoException(ErrorIds.UnknownFeatures,
                $"there are no features '{features}': an encoder's file has no projection head", at: run.Encoder,
                fix: "take the encoder's own (--features backbone), or those of a stage");
        Method method = MethodOf(run, recipe, isTrained, warned);
        return Owning(method, recipe, () => features.Of(method));
    }

    /// <summary>A run's encoder, as it is now or as it was before the first step.</summary>
    internal static Encoder EncoderOf(RunFolder run, Recipe recipe, bool isTrained) =>
        isTrained ? Trained(run, recipe) : Fresh(recipe, static r => EncoderRegistry.Create(r.Encoder));

    /// <summary>A run's encoder as it is now, or the one of a file that another program wrote.</summary>
    internal static Encoder Trained(RunFolder run, Recipe recipe)
    {
        if (run.Foreign is null || EncoderFile.IsOne(run.Encoder)) return EncoderFile.Read(run.Encoder);
        Encoder encoder = EncoderRegistry.Create(recipe.Encoder);
        try
        {
            _ = ForeignEncoder.Load(run.Encoder, encoder);
            encoder.Train(false);
            return encoder;
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>A run's network as it is now, for several spaces at once.</summary>
    /// <inheritdoc cref="Open(RunFolder, Recipe, FeatureSpace, bool, Action{string}?)"/>
    internal static ComparedNetwork Open(RunFolder run, Recipe recipe, FeatureSpaces spaces, Action<string>? warned)
    {
        if (!spaces.NeedHead) return Of(EncoderFile.Read(run.Encoder), Compute.Of(recipe.Training), spaces);
        Method method = MethodOf(run, recipe, isTrained: true, warned);
        return Owning(method, recipe, () => spaces.Of(method.Encoder, method));
    }

    /// <summary>A run's whole method in evaluation mode, where the recipe computes.</summary>
    /// <inheritdoc cref="Open(RunFolder, Recipe, FeatureSpace, bool, Action{string}?)"/>
    internal static Method MethodOf(RunFolder run, Recipe recipe, bool isTrained, Action<string>? warned)
    {
        int pictures = RunRecord.PicturesOf(run);
        Method method = Fresh(recipe, r => MethodRegistry.Create(new MethodParts(r.Encoder, pictures), r.Method));
        try
        {
            if (isTrained) LoadNewest(run, method, warned);
            method.MoveTo(Compute.Of(recipe.Training).Device);
            method.Train(false);
            return method;
        }
        catch
        {
            method.Dispose();
            throw;
        }
    }

    public void Dispose() => _owner.Dispose();

    /// <summary>An encoder as it is.</summary>
    internal static ComparedNetwork Of(Encoder encoder, Compute compute) => Owning(encoder, compute, () => encoder.Forward);

    /// <summary>An encoder as it is, for several spaces at once.</summary>
    internal static ComparedNetwork Of(Encoder encoder, Compute compute, FeatureSpaces spaces) =>
        Owning(encoder, compute, () => spaces.Of(encoder, method: null));

    /// <summary>An encoder with given weights.</summary>
    internal static ComparedNetwork Of(Encoder encoder, Recipe recipe, IReadOnlyList<(string Name, Tensor Value)> weights) =>
        Owning(encoder, recipe, () =>
    {
        encoder.Load(weights.ToDictionary(static item => item.Name, static item => item.Value));
        return encoder.Forward;
    });

    private static ComparedNetwork Owning(Module owner, Recipe recipe, Func<Func<Tensor, Tensor>> forward) =>
        Owning(owner, Compute.Of(recipe.Training), forward);

    private static ComparedNetwork Owning(Module owner, Compute compute, Func<Func<Tensor, Tensor>> forward)
    {
        try
        {
            owner.MoveTo(compute.Device);
            return new ComparedNetwork(owner, forward());
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    private static void LoadNewest(RunFolder run, Method method, Action<string>? warned)
    {
        CheckpointStore store = new(run);
        RunEnvironment? environment = RunRecord.EnvironmentOf(run, static _ => { });
        CheckpointState newest = (run.Step is { } step ? store.Verify(step, environment)
            : store.Newest(text => warned?.Invoke(text), environment))
            ?? throw new MocoException(ErrorIds.NoRun, "the run has no checkpoint, so its projection head is not known", at: run.Root,
            fix: "test the backbone's features (--features backbone)");
        store.Load(newest, method, optimizer: null);
    }

    // The seed is the run's, and its first network is made first: these are the weights that it began with.
    private static T Fresh<T>(Recipe recipe, Func<Recipe, T> make)
    {
        Runtime.Seed(recipe.Training.Seed);
        return make(recipe);
    }
}
