namespace MocoSharp.Methods.MomentumCmc;

/// <summary>An ordered pair of views: the first is told by the second.</summary>
/// <param name="Anchor">The view whose features are classified.</param>
/// <param name="Target">The view whose features are positive and whose memory is negative.</param>
public readonly record struct ViewPair([Bounds(0, 63)] int Anchor, [Bounds(0, 63)] int Target);

/// <summary>What the views' networks share.</summary>
public enum ViewSharing
{
    /// <summary>One core; a first stage a kind of view, a head a view.</summary>
    Core,

    /// <summary>Nothing: an encoder a view.</summary>
    None,
}

/// <summary>What lies between a core and the loss.</summary>
public enum ViewHeadKind
{
    /// <summary>The mean over the map, then linear layers.</summary>
    Mlp,

    /// <summary>Attention over the map's places, asked by its mean.</summary>
    Attention,

    /// <summary>Nothing: the encoder's own features.</summary>
    None,
}

/// <summary>How a pair is told from others.</summary>
public enum ContrastKind
{
    /// <summary>Each score alone against noise.</summary>
    Nce,

    /// <summary>All scores against each other: cross-entropy.</summary>
    InfoNce,
}
