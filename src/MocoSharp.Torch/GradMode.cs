using MocoSharp.Torch.Interop;

namespace MocoSharp.Torch;

/// <summary>Whether operators on this thread record a graph for a backward pass.</summary>
public readonly struct GradMode : IDisposable, IEquatable<GradMode>
{
    private readonly bool _before;

    private GradMode(bool enabled)
    {
        Runtime.Start();
        _before = NativeMethods.SetGradMode(enabled ? 1 : 0) != 0;
    }

    /// <summary>Whether this thread records a graph.</summary>
    public static bool IsOn
    {
        get
        {
            using GradMode asked = On();
            return asked._before;
        }
    }

    /// <summary>No graph until disposed.</summary>
    public static GradMode Off() => new(false);

    /// <summary>Records a graph until disposed, also inside <see cref="Off"/>.</summary>
    public static GradMode On() => new(true);

    /// <summary>Restores the mode of before.</summary>
    public void Dispose() => _ = NativeMethods.SetGradMode(_before ? 1 : 0);

    /// <inheritdoc/>
    public bool Equals(GradMode other) => _before == other._before;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GradMode other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _before.GetHashCode();

    /// <summary>Whether both restore the same mode.</summary>
    public static bool operator ==(GradMode left, GradMode right) => left.Equals(right);

    /// <summary>Whether they restore different modes.</summary>
    public static bool operator !=(GradMode left, GradMode right) => !left.Equals(right);
}
