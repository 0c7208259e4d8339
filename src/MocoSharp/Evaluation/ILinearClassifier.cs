namespace MocoSharp.Evaluation;

/// <summary>A fitted classifier that is linear in the features.</summary>
public interface ILinearClassifier
{
    /// <summary>The same as weights and biases for features as they are.</summary>
    LinearHead ToHead();
}
