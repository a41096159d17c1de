using System;
using System.Linq;

namespace CoreMLQuant.Onnx.Stages;

/// <summary>Probabilities from scores.</summary>
internal static class ClassScores
{
    /// <summary>1 / (1 + e^-x).</summary>
    public static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>Exponentials, as shares of their sum.</summary>
    public static double[] Softmax(double[] scores)
    {
        double largest = scores.Max();
        return Shares(scores.Select(score => Math.Exp(score - largest)).ToArray());
    }

    /// <summary>Shares of the sum.</summary>
    public static double[] Shares(double[] scores)
    {
        double sum = scores.Sum();
        return sum == 0 ? scores : scores.Select(score => score / sum).ToArray();
    }
}
