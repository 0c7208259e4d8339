using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Features;

/// <summary>Which of a network's numbers are a picture's features.</summary>
/// <param name="Name"><c>backbone</c>: the mean over the encoder's last map. A stage (<c>layer3</c>): the mean over its map. <c>head1</c>,
/// <c>head2</c> …: behind that hidden layer of the method's head and its ReLU. <c>projected</c>: the space of the loss, rows of unit
/// length.</param>
public sealed record FeatureSpace(string Name)
{
    private const string HeadPrefix = "head";

    /// <summary>The encoder's own: what users get.</summary>
    public static FeatureSpace Backbone { get; } = new("backbone");

    /// <summary>What the loss sees.</summary>
    public static FeatureSpace Projected { get; } = new("projected");

    /// <summary>The hidden layer of the head, from 1; null where the space is another one.</summary>
    internal int? HeadLayer => Name.StartsWith(HeadPrefix, StringComparison.Ordinal)
        && int.TryParse(Name.AsSpan(HeadPrefix.Length), out int layer) && layer >= 1 ? layer : null;

    /// <summary>Whether the head is needed, which checkpoints hold and encoder files do not.</summary>
    internal bool NeedsHead => this == Projected || HeadLayer is not null;

    /// <summary>Pictures to features that need the encoder alone.</summary>
    /// <exception cref="MocoException">MS5005: no stage has this name.</exception>
    internal Func<Tensor, Tensor> Of(Encoder encoder)
    {
        if (this == Backbone) return encoder.Forward;
        if (encoder.Stages.All(stage => stage.Name != Name)) throw Unknown(encoder, hidden: null);
        return x => Summary(encoder.Encode(x, Name).Maps[Name]);
    }

    /// <summary>A stage's map to features: its mean over all places, in fp32.</summary>
    internal static Tensor Summary(Tensor map) => map.To(DType.Float32).Mean([2, 3]);

    /// <summary>Pictures to features, whatever they need.</summary>
    /// <exception cref="MocoException">MS5005: the method has no such layer.</exception>
    internal Func<Tensor, Tensor> Of(Method method)
    {
        if (this == Projected) return method.Project;
        if (HeadLayer is not { } wanted) return Of(method.Encoder);
        if (method.Head is not { } head) throw NoHead(method);
        Layer[] layers = [.. head.Children.Select(static child => child.Value).OfType<Layer>()];
        int[] ends = [.. layers.Index().Where(static item => item.Item is Relu).Select(static item => item.Index + 1)];
        if (wanted > ends.Length) throw Unknown(method.Encoder, ends.Length);
        Layer[] used = layers[..ends[wanted - 1]];
        return x => used.Aggregate(method.Encoder.Forward(x), static (map, layer) => layer.Forward(map));
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private MocoException NoHead(Method method) =>
        new(ErrorIds.UnknownFeatures,
        $"there are no features '{Name}': this method has no head between encoder and loss, or one for each kind of view",
            fix: $"take one of {string.Join(", ", StagesOf(method.Encoder).Prepend(Backbone.Name).Append(Projected.Name))}");

    private static IEnumerable<string> StagesOf(Encoder encoder) => encoder.Stages.Select(static stage => stage.Name);

    private MocoException Unknown(Encoder encoder, int? hidden)
    {
        IEnumerable<string> known = [Backbone.Name, .. encoder.Stages.Select(static stage => stage.Name),
            .. Enumerable.Range(1, hidden ?? 0).Select(static n => $"{HeadPrefix}{n}"), Projected.Name];
        return new MocoException(ErrorIds.UnknownFeatures, $"the network has no features '{Name}'",
            fix: $"take one of {string.Join(", ", known)}"
            + (hidden is null ? ", or head1, head2 … for a hidden layer of the head" : ""));
    }
}
