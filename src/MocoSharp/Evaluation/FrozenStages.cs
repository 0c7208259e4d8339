using System.Globalization;
using MocoSharp.Encoders;
using MocoSharp.Torch;
using MocoSharp.Torch.Layers;

namespace MocoSharp.Evaluation;

/// <summary>The first stages of an encoder, kept as they are: no gradient, and batch norm by its running statistics.</summary>
/// <param name="Names">The stages, from the picture on; empty for none.</param>
/// <param name="Modules">What they own.</param>
internal sealed record FrozenStages(IReadOnlyList<string> Names, IReadOnlyList<Module> Modules)
{
    /// <summary>What is written for no stage.</summary>
    internal const string None = "none";

    /// <summary>Finds them.</summary>
    /// <param name="encoder">What lies behind its last stage (a dense layer) is kept only when all stages are.</param>
    /// <param name="what"><c>none</c>, a stage's name (it and all before it), or a share of the stages from 0 to 1.</param>
    /// <exception cref="MocoException">MS5009: neither.</exception>
    internal static FrozenStages Of(Encoder encoder, string what)
    {
        string[] stages = [.. encoder.Stages.Select(static stage => stage.Name)];
        int count = what == None ? 0
            : Array.IndexOf(stages, what) is >= 0 and int at ? at + 1
            : double.TryParse(what, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) && share is >= 0
            and <= 1 ? (int)Math.Round(share * stages.Length)
            : throw new MocoException(ErrorIds.UnknownStage, $"the encoder has no stage '{what}' to freeze",
            fix: $"take none, one of {string.Join(", ", stages)}, or a share of the stages from 0 to 1");
        return new FrozenStages(stages[..count], count == stages.Length ? [encoder]
            : [.. encoder.Stages.Take(count).SelectMany(static stage => stage.Modules)]);
    }

    /// <summary>Ends their learning; call it before the optimizer is made.</summary>
    internal void Freeze()
    {
        foreach ((_, Tensor value) in Modules.SelectMany(static module => module.Parameters())) value.RequiresGrad = false;
        KeepStatistics();
    }

    /// <summary>Puts them into evaluation mode, after the whole network was put into training mode.</summary>
    internal void KeepStatistics()
    {
        foreach (Module module in Modules) module.Train(false);
    }
}
