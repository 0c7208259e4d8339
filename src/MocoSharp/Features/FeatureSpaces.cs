using MocoSharp.Encoders;
using MocoSharp.Methods;
using MocoSharp.Torch;

namespace MocoSharp.Features;

/// <summary>Several of a network's spaces side by side. Those that need the encoder alone take one pass together.</summary>
/// <param name="spaces">One or more, each once.</param>
internal sealed class FeatureSpaces(IReadOnlyList<FeatureSpace> spaces)
{
    /// <summary>The spaces' names, in order.</summary>
    internal IReadOnlyList<string> Names { get; } = [.. spaces.Select(static space => space.Name)];

    /// <summary>Whether one of them needs the head, which checkpoints hold and encoder files do not.</summary>
    internal bool NeedHead => spaces.Any(static space => space.NeedsHead);

    /// <summary>Each space's numbers a picture, known once a batch has gone through; empty before.</summary>
    internal IReadOnlyList<int> Widths { get; private set; } = [];

    /// <summary>Pictures to [N, sum of <see cref="Widths"/>].</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="method">What it was trained by; null where it is alone.</param>
    /// <exception cref="MocoException">MS5005: there is no such space.</exception>
    internal Func<Tensor, Tensor> Of(Encoder encoder, Method? method)
    {
        // asked here, so that a wrong name is an error before the first picture
        Func<Tensor, Tensor>[] alone = [.. spaces.Select(space => space.NeedsHead
            ? space.Of(method ?? throw HeadIsMissing(space, encoder)) : space.Of(encoder))];
        string[] taps = [.. spaces.Where(static space => !space.NeedsHead && space != FeatureSpace.Backbone)
            .Select(static space => space.Name)];
        bool isShared = spaces.Count(static space => !space.NeedsHead) > 1;
        return x =>
        {
            Encoding? all = isShared ? encoder.Encode(x, taps) : null;
            return Joined([.. spaces.Index().Select(item => all is null || item.Item.NeedsHead ? alone[item.Index](x)
                : item.Item == FeatureSpace.Backbone ? all.Features : FeatureSpace.Summary(all.Maps[item.Item.Name]))]);
        };
    }

    private Tensor Joined(Tensor[] each)
    {
        Tensor[] rows = [.. each.Select(static one => one.To(DType.Float32).Contiguous().Flatten(1))];
        Widths = [.. rows.Select(static one => (int)one.Size(1))];
        return rows.Length == 1 ? rows[0] : Tensor.Cat(rows, dim: 1);
    }

    private static MocoException HeadIsMissing(FeatureSpace space, Encoder encoder) => new(ErrorIds.UnknownFeatures,
        $"'{space.Name}' is a part of the head, and an encoder's file holds none",
        fix: "name the run's folder in place of the file, or take one of "
            + string.Join(", ", encoder.Stages.Select(static stage => stage.Name).Prepend(FeatureSpace.Backbone.Name)));
}
