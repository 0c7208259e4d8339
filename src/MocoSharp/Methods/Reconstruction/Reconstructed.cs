using MocoSharp.Torch;

namespace MocoSharp.Methods.Reconstruction;

/// <summary>What methods that restore pictures share.</summary>
internal static class Reconstructed
{
    /// <summary>The measure of how much of the pictures' variance was restored: 1 for all, 0 for what their mean color gives.</summary>
    internal const string Explained = "explained";

    /// <summary>The mean squared error where it counts.</summary>
    /// <param name="restored">[N, C, H, W].</param>
    /// <param name="picture">As it should be.</param>
    /// <param name="where">How much each pixel counts, [H, W] or [N, 1, H, W]; null for all alike.</param>
    internal static StepResult Step(Tensor restored, Tensor picture, Tensor? where)
    {
        Tensor counts = (where ?? Tensor.Full([1], 1, picture.DType).To(picture.Device)).Expand(picture.Shape);
        Tensor error = ((restored - picture).Pow(2) * counts).Sum() / counts.Sum();
        Tensor mean = (picture * counts).Sum([0, 2, 3], keepDim: true) / counts.Sum([0, 2, 3], keepDim: true);
        double spread = (((picture - mean).Pow(2) * counts).Sum() / counts.Sum()).ToDouble();
        Dictionary<string, double> measures = spread > 0 ? new() { [Explained] = 1 - error.Detach().ToDouble() / spread } : [];
        return new StepResult(error, measures);
    }
}
