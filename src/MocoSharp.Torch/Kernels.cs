using MocoSharp.Torch.Ops;

namespace MocoSharp.Torch;

/// <summary>This library's own operators beside libtorch's, and which of them is used where.</summary>
public static class Kernels
{
    private static readonly Op s_sgd = new("mocosharp::sgd_step_"), s_adam = new("mocosharp::adam_step_"), s_lerp = new("mocosharp::lerp_"),
        s_choices = new("mocosharp::conv_choices"), s_setChoices = new("mocosharp::set_conv_choices"), s_setMode = new("mocosharp::set_conv_mode");

    /// <summary>Which kernel runs which convolution, as JSON: direction and shape to implementation. Measured once a shape and then kept.</summary>
    /// <remarks>Kernels differ in the last bits: a run saves its choices, and a resumed run sets them before its first step.</remarks>
    public static string Choices
    {
        get => s_choices.CallText();
        set => s_setChoices.Run(value);
    }

    /// <summary>Lets kernels of this library take part (measured at first use), or leaves every convolution to libtorch.</summary>
    public static void UseOwnConvolutions(bool own) => s_setMode.Run(own ? "auto" : "library");

    /// <summary>follower ← m · follower + (1 − m) · leader, fp32, in place.</summary>
    public static void MoveTowards(Tensor follower, Tensor leader, double momentum) => s_lerp.Run(follower, leader, momentum);

    /// <summary>One SGD update in one pass; the gradients become 0.</summary>
    internal static void SgdStep(Tensor weights, Tensor gradients, Tensor velocity, double rate, double momentum, double decay, bool nesterov) =>
        s_sgd.Run(weights, gradients, velocity, rate, momentum, 0.0, decay, nesterov, false, true);

    /// <summary>One Adam update in one pass (AdamW's when decoupled); the gradients become 0. Steps count from 1.</summary>
    internal static void AdamStep(
        Tensor weights, Tensor gradients, Tensor mean, Tensor square, double rate, double beta1, double beta2, double epsilon, double decay, bool decoupled, long step) =>
        s_adam.Run(weights, gradients, mean, square, rate, beta1, beta2, epsilon, decay, decoupled, step, true);
}
