using MocoSharp.Torch;

namespace MocoSharp.Cli.Commands;

/// <summary>Which kernels run the convolutions of one command; afterwards it is as before.</summary>
internal sealed class ConvolutionChoice : IDisposable
{
    /// <summary>libtorch's alone.</summary>
    internal const string Library = "library";

    private readonly string? _before;

    /// <summary>Sets them.</summary>
    /// <param name="mode">A value of <see cref="Kernels.Convolutions"/>; null leaves what the environment says.</param>
    internal ConvolutionChoice(string? mode)
    {
        if (mode is null) return;
        _before = Kernels.Convolutions;
        Kernels.Convolutions = mode;
    }

    public void Dispose()
    {
        if (_before is not null) Kernels.Convolutions = _before;
    }
}
