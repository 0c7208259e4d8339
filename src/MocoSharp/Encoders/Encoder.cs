using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Encoders;

/// <summary>A network from pictures to features: a list of named stages, then what <see cref="EncoderOptions.Pooling"/> makes of the last
/// map.</summary>
/// <remarks>Module names are torchvision's, so weights compare key by key and load there without conversion.</remarks>
public abstract class Encoder : Layer
{
    private readonly List<EncoderStage> _stages = [];
    private int _claimed;       // children that belong to stages so far

    /// <summary>Starts an encoder without stages.</summary>
    /// <param name="options">What it was asked to be; kept for checkpoints and messages.</param>
    protected Encoder(EncoderOptions options) => Options = options;

    /// <summary>What it was asked to be.</summary>
    public EncoderOptions Options { get; }

    /// <summary>Its stages from the picture on.</summary>
    public IReadOnlyList<EncoderStage> Stages => _stages;

    /// <summary>Length of a picture's feature vector: the last stage's channels, twice as many for
    /// <see cref="Pooling.Concatenated"/>.</summary>
    public virtual int Features => _stages[^1].Channels * (Options.Pooling == Pooling.Concatenated ? 2 : 1);

    /// <summary>Pictures to features, with the maps after some stages.</summary>
    /// <param name="pictures">[N, C, H, W], fp32 or bf16, best channels_last.</param>
    /// <param name="taps">Names of stages whose maps are wanted.</param>
    /// <returns>Features [N, <see cref="Features"/>] in fp32 and maps [N, channels, H / stride, W / stride] in the input's type.</returns>
    /// <exception cref="ArgumentException">No stage has such a name.</exception>
    public Encoding Encode(Tensor pictures, params ReadOnlySpan<string> taps)
    {
        Dictionary<string, Tensor> maps = [];
        foreach (string tap in taps)
            if (_stages.TrueForAll(stage => stage.Name != tap))
                throw new ArgumentException(
                    $"encoder {Options.Name} has no stage '{tap}'; it has {string.Join(", ", _stages.Select(static s => s.Name))}",
                    nameof(taps));
        Tensor map = pictures;
        foreach (EncoderStage stage in _stages)
        {
            map = TensorScope.Next(map, isLast: !ReferenceEquals(map, pictures) && !maps.ContainsValue(map), stage.Run);
            if (taps.Contains(stage.Name)) maps.Add(stage.Name, stage.MapOf(map, pictures));
        }
        return new Encoding(Summarize(map), maps);
    }

    internal Tensor SummaryOf(Tensor map) => Summarize(map);

    /// <summary>The last map to features, [N, C, h, w] to [N, <see cref="Features"/>] in fp32.</summary>
    private protected virtual Tensor Summarize(Tensor map) => Options.Pooling switch
    {
        Pooling.Max => Functional.GlobalMax(map),
        Pooling.Concatenated => Tensor.Cat([Functional.GlobalMax(map), Functional.GlobalAverage(map)], 1),
        _ => Functional.GlobalAverage(map),
    };

    /// <summary>Refuses pictures of a size that it cannot see.</summary>
    /// <param name="height">Rows of pixels.</param>
    /// <param name="width">Columns of pixels.</param>
    /// <exception cref="OptionException">No picture of this size can go through it.</exception>
    public virtual void CheckSize(long height, long width)
    {
    }

    /// <summary>A fresh first stage for pictures of another kind that share all later ones; null where an encoder's first stage is no
    /// single layer.</summary>
    /// <param name="channels">Channels of these pictures.</param>
    public virtual Layer? NewStem(int channels) => null;

    /// <summary>Goes on behind the first stage.</summary>
    /// <param name="map">What the first stage gave, or one of <see cref="NewStem"/>.</param>
    /// <returns>Features [N, <see cref="Features"/>] in fp32, and the last stage's map.</returns>
    public (Tensor Features, Tensor Map) Finish(Tensor map)
    {
        Tensor last = map;
        foreach (EncoderStage stage in _stages.Skip(1)) last = TensorScope.Next(last, isLast: !ReferenceEquals(last, map), stage.Run);
        return (Summarize(last), last);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor x) => Encode(x).Features;

    /// <summary>Appends a stage. The modules that were owned since the stage before it are its own.</summary>
    /// <param name="name">Its name for taps.</param>
    /// <param name="channels">Channels of its map.</param>
    /// <param name="stride">Pixels of the picture a step on its map.</param>
    /// <param name="run">What it does.</param>
    protected void AddStage(string name, int channels, int stride, Func<Tensor, Tensor> run)
    {
        AddStage(name, channels, stride, run, [.. Children.Skip(_claimed).Select(static child => child.Value)]);
        _claimed = Children.Count;
    }

    // A stage whose modules lie deeper than this encoder's own.
    private protected void AddStage(string name, int channels, int stride, Func<Tensor, Tensor> run, IReadOnlyList<Module> modules,
        Func<Tensor, Tensor, Tensor>? toMap = null) =>
        _stages.Add(new EncoderStage(name, channels, stride, run, modules, toMap));
}

/// <summary>One stage of an encoder.</summary>
/// <param name="Name">stem, layer1, …</param>
/// <param name="Channels">Channels of its map.</param>
/// <param name="Stride">Pixels of the picture a step on its map.</param>
/// <param name="Run">What it does.</param>
/// <param name="Modules">What it is made of.</param>
/// <param name="ToMap">From what it gives, and the pictures, to its map; null where it gives a map.</param>
public sealed record EncoderStage(
    string Name, int Channels, int Stride, Func<Tensor, Tensor> Run, IReadOnlyList<Module> Modules,
    Func<Tensor, Tensor, Tensor>? ToMap = null)
{
    /// <summary>The map: features by place.</summary>
    /// <param name="output">What <see cref="Run"/> gave.</param>
    /// <param name="pictures">[N, C, H, W]: what the encoder saw.</param>
    /// <returns>[N, <see cref="Channels"/>, H / <see cref="Stride"/>, W / <see cref="Stride"/>].</returns>
    public Tensor MapOf(Tensor output, Tensor pictures) => ToMap is null ? output : ToMap(output, pictures);
}

/// <summary>What an encoder gives.</summary>
/// <param name="Features">[N, D], fp32.</param>
/// <param name="Maps">The maps asked for, by stage.</param>
public sealed record Encoding(Tensor Features, IReadOnlyDictionary<string, Tensor> Maps);
