using MocoSharp.Encoders;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Methods.MomentumCmc;

/// <summary>The networks of all views: a shared core behind a first stage a kind, or an encoder a view; and a head a view.</summary>
internal sealed class ViewNetworks : Module
{
    private readonly Encoder[] _encoders;       // one a view; the same one several times where the core is shared
    private readonly Layer?[] _stems;           // null: the encoder's own first stage
    private readonly ViewHead[] _heads;

    internal ViewNetworks(Func<Encoder> encoders, MomentumCmcOptions options)
    {
        int views = options.ViewChannels.Count;
        (_encoders, _stems, _heads) = (new Encoder[views], new Layer?[views], new ViewHead[views]);
        try
        {
            Build(Register("encoder", encoders()), options);
        }
        catch
        {
            Dispose();          // what does not fit shows when parts of it are there already
            throw;
        }
    }

    /// <summary>The first view's encoder.</summary>
    internal Encoder Encoder => _encoders[0];

    /// <summary>[N, F], fp32.</summary>
    internal Tensor Features(int view, Tensor pictures) => Core(view, pictures).Features;

    /// <summary>A view's own first stage, and those behind it.</summary>
    internal IReadOnlyList<EncoderStage> StagesOf(int view)
    {
        IReadOnlyList<EncoderStage> stages = _encoders[view].Stages;
        return _stems[view] is { } stem ? [stages[0] with { Run = stem.Forward, Modules = [stem] }, .. stages.Skip(1)] : stages;
    }

    /// <summary>[N, D], fp32, rows of unit length.</summary>
    internal Tensor Embed(int view, Tensor pictures) => Head(view, Core(view, pictures));

    /// <summary>All views at once, [N, D] each: where they share a core and their maps have one size, they go through it as one batch.
    /// Without batch norm that is the same, and each kernel is made ready once.</summary>
    internal Tensor[] EmbedAll(IReadOnlyList<Tensor> views)
    {
        if (!_encoders.All(encoder => encoder == Encoder)) return [.. views.Select((pictures, view) => Embed(view, pictures))];
        Tensor[] starts = [.. views.Select((pictures, view) => Stem(view, pictures))];
        if (starts.Any(map => map.Size(2) != starts[0].Size(2) || map.Size(3) != starts[0].Size(3)))
            return [.. starts.Select((map, view) => Head(view, Encoder.Finish(map)))];
        (Tensor features, Tensor last) = Encoder.Finish(Tensor.Cat(starts, dim: 0).Contiguous(MemoryFormat.ChannelsLast));
        Tensor[] each = features.Chunk(views.Count), maps = last.Chunk(views.Count);
        return [.. each.Select((own, view) => Head(view, (own, maps[view])))];
    }

    private Tensor Stem(int view, Tensor pictures) => _stems[view]?.Forward(pictures) ?? _encoders[view].Stages[0].Run(pictures);

    private Tensor Head(int view, (Tensor Features, Tensor Map) core) =>
        Functional.Normalize(_heads[view].Forward(core.Features, core.Map));

    private (Tensor Features, Tensor Map) Core(int view, Tensor pictures) =>
        _encoders[view].Finish(Stem(view, pictures));

    private void Build(Encoder first, MomentumCmcOptions options)
    {
        if (first.Options.Channels != options.ViewChannels[0])
            throw new OptionException("viewChannels", options.ViewChannels,
                $"and the encoder takes {first.Options.Channels} channels for the first view",
                fix: $"set encoder.channels to {options.ViewChannels[0]}");
        if (options.Sharing == ViewSharing.Core)
            ShareCore(first, options);
        else
            for (int view = 0; view < _encoders.Length; view++)
                _encoders[view] = view == 0 ? first
                    : Register($"encoder{view}", EncoderRegistry.Create(first.Options with { Channels = options.ViewChannels[view] }));
        for (int view = 0; view < _heads.Length; view++) _heads[view] = Register($"head{view}", ViewHead.Create(_encoders[view], options));
    }

    private void ShareCore(Encoder core, MomentumCmcOptions options)
    {
        Dictionary<int, Layer?> byKind = new() { [options.Kinds[0]] = null };
        for (int view = 0; view < _encoders.Length; view++)
        {
            int kind = options.Kinds[view], channels = options.ViewChannels[view];
            if (!byKind.TryGetValue(kind, out Layer? stem))
            {
                stem = core.NewStem(channels) ??
                    throw new OptionException(nameof(options.Sharing), "core",
                    $"and the first stage of encoder {core.Options.Name} cannot be made for {channels} channels alone",
                    fix: "choose a convnorm-… encoder, or set sharing to none");
                byKind.Add(kind, Register($"stem{kind}", stem));
            }
            (_encoders[view], _stems[view]) = (core, stem);
        }
    }
}
