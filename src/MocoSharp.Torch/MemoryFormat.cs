namespace MocoSharp.Torch;

/// <summary>How a four-dimensional tensor lies in memory; the numbers are libtorch's.</summary>
public enum MemoryFormat
{
    /// <summary>Row-major: [N, C, H, W] as written.</summary>
    Contiguous = 0,

    /// <summary>As the input lies.</summary>
    Preserve = 1,

    /// <summary>[N, C, H, W] whose channels are next to each other: the layout that convolutions are fastest in.</summary>
    ChannelsLast = 2,
}
