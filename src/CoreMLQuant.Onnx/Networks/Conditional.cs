using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Onnx.Graphs;

namespace CoreMLQuant.Onnx.Networks;

/// <summary>Layers that run by a condition. What they write replaces the blobs around them.</summary>
internal static class Conditional
{
    /// <summary>Adds an If.</summary>
    /// <param name="scope">What blobs are before it, and after it.</param>
    /// <param name="condition">A scalar that is true or false.</param>
    /// <param name="yes">Translates what runs when it is true.</param>
    /// <param name="no">Translates what runs when it is false.</param>
    /// <param name="written">The blobs that either writes.</param>
    public static void Add(
        NetworkScope scope, OnnxValue condition, Action<NetworkScope> yes, Action<NetworkScope> no, IReadOnlyList<string> written)
    {
        NetworkScope first = new(scope, scope.Graph.Nested()), second = new(scope, scope.Graph.Nested());
        yes(first);
        no(second);

        // A blob that only one of them makes is nothing afterwards.
        string[] changed = written.Where(name => first.Find(name) is { } one && second.Find(name) is { } other && !ReferenceEquals(one, other)).ToArray();
        if (changed.Length + first.Graph.HandedOut.Count + second.Graph.HandedOut.Count == 0)
        {
            return;
        }

        OnnxValue[] outputs = changed.Select(name => Joined(first.Graph.AddOutput(first.Find(name)!), second.Graph.AddOutput(second.Find(name)!))).ToArray();
        IReadOnlyList<OnnxValue> handedOut = scope.Graph.TakeFromBranches(first.Graph, second.Graph);
        scope.Graph.AddNode("If", [condition], [.. outputs, .. handedOut], [], [new("then_branch", first.Graph), new("else_branch", second.Graph)]);
        for (int i = 0; i < changed.Length; i++)
        {
            scope.Write(changed[i], outputs[i]);
        }
    }

    /// <summary>What two shapes have in common.</summary>
    public static IReadOnlyList<long>? Common(IReadOnlyList<long>? one, IReadOnlyList<long>? other) => one is not null && other is not null && one.Count == other.Count
        ? one.Zip(other, (a, b) => a == b ? a : -1).ToArray()
        : null;

    private static OnnxValue Joined(OnnxValue one, OnnxValue other) => new(one.Type, Common(one.Shape, other.Shape));
}
