using MocoSharp.Torch;

namespace MocoSharp.Encoders;

/// <summary>Two encoders side by side: one sees the first channel (lightness), the other sees the rest (color). Features and maps are
/// joined.</summary>
/// <remarks>Tian et al. 2019, arXiv:1906.05849: the probe's features are both views' features, one after the other. Named <c>pair-NAME</c>,
/// such as <c>pair-resnet18-small</c>; two of width 0.5 have the feature count of one.</remarks>
public sealed class PairEncoder : Encoder
{
    internal const string Prefix = "pair-";

    internal PairEncoder(EncoderOptions options, Func<EncoderOptions, Encoder> factory) : base(options)
    {
        OptionException.Require(options.Channels >= 2, "channels", options.Channels,
            "2 or more for a pair of encoders: one sees the first, the other the rest");
        EncoderOptions inner = options with { Name = options.Name[Prefix.Length..] };
        First = Register("first", factory(inner with { Channels = 1 }));
        if (First.Stages.Any(static stage => stage.ToMap is not null))
        {
            First.Dispose();
            throw new OptionException("name", options.Name, "and tokens cannot be joined as maps can",
                fix: "pair a convolutional encoder, such as pair-resnet18-small");
        }
        Rest = Register("rest", factory(inner with { Channels = options.Channels - 1 }));
        for (int i = 0; i < First.Stages.Count; i++)
        {
            EncoderStage first = First.Stages[i], rest = Rest.Stages[i];
            int split = i == 0 ? 1 : First.Stages[i - 1].Channels;
            AddStage(first.Name, first.Channels + rest.Channels, first.Stride,
                map => Tensor.Cat([first.Run(Before(map, split)), rest.Run(Behind(map, split))], 1), [.. first.Modules, .. rest.Modules]);
        }
    }

    /// <summary>What sees the first channel.</summary>
    public Encoder First { get; }

    /// <summary>What sees the other channels.</summary>
    public Encoder Rest { get; }

    /// <inheritdoc/>
    public override int Features => First.Features + Rest.Features;

    /// <summary>The pictures as each of the two sees them.</summary>
    /// <param name="pictures">[N, C, H, W].</param>
    public static (Tensor First, Tensor Others) Split(Tensor pictures) => (Before(pictures, 1), Behind(pictures, 1));

    private protected override Tensor Summarize(Tensor map)
    {
        int split = First.Stages[^1].Channels;
        return Tensor.Cat([First.SummaryOf(Before(map, split)), Rest.SummaryOf(Behind(map, split))], 1);
    }

    private static Tensor Before(Tensor map, int channels) => map.Narrow(1, 0, channels).Contiguous(MemoryFormat.ChannelsLast);

    private static Tensor Behind(Tensor map, int channels) => map.Narrow(1, channels, map.Size(1) - channels)
        .Contiguous(MemoryFormat.ChannelsLast);
}
