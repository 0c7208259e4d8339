namespace MocoSharp.Exchange;

/// <summary>Whose files an encoder is written as.</summary>
public enum ExportFormat
{
    /// <summary>An ONNX model with its weights: <c>.onnx</c>.</summary>
    Onnx,

    /// <summary>The encoder's own names: <c>.safetensors</c>.</summary>
    Safetensors,

    /// <summary>torchvision's names: <c>.safetensors</c>, or <c>.pth</c> for <c>torch.load</c>.</summary>
    Torchvision,

    /// <summary>timm's names: <c>.safetensors</c>, or <c>.pth</c> for <c>torch.load</c>.</summary>
    Timm,

    /// <summary>detectron2's names: <c>.pkl</c>.</summary>
    Detectron2,

    /// <summary>The encoder's own names in NumPy's archive: <c>.npz</c>.</summary>
    Npz,
}

/// <summary>How an encoder is exported.</summary>
/// <param name="Format">Whose files.</param>
/// <param name="Half">Whether weights are float16: half of the file, and about three digits. An ONNX model still computes in
/// float32.</param>
/// <param name="Pixels">Of ONNX alone: the graph takes pictures as bytes [N, H, W, C], cut to size, and normalizes them itself.</param>
/// <param name="Checkpoint">Of a run alone: best, or the number of an update; null for the run as it is.</param>
public sealed record ExportOptions(ExportFormat Format, bool Half = false, bool Pixels = false, string? Checkpoint = null);

/// <summary>What an export came to.</summary>
/// <param name="File">The file, its whole path.</param>
/// <param name="Format">onnx, safetensors, …</param>
/// <param name="Encoder">The encoder's name in recipes.</param>
/// <param name="Features">Numbers a picture.</param>
/// <param name="Parameters">Weights, without running statistics.</param>
/// <param name="Bytes">Length of the file.</param>
/// <param name="Notes">What a reader of the file must know, a sentence each.</param>
public sealed record ExportResult(
    string File, string Format, string Encoder, int Features, long Parameters, long Bytes, IReadOnlyList<string> Notes);
