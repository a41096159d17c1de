using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Elements;
using CoreMLQuant.Mil;
using CoreMLQuant.Mil.Signatures;
using CoreMLQuant.Models;
using CoreMLQuant.Specification.Schema;
using CoreMLQuant.Validation.Findings;

namespace CoreMLQuant.Validation.Programs;

/// <summary>Holds an operation to its signature in the opset of its body.</summary>
/// <param name="findings">Takes what is found.</param>
internal sealed class OperationRules(FindingList findings)
{
    private const string CustomType = "custom_layer";

    // The other half of coreml_update_state in a file; the registry knows only the operation that both halves are written for.
    private const string WriteState = "write_state";

    // What the first parameter of each domain has, of one operation after the other.
    private readonly Dictionary<string, (string Name, ElementType Type)> _domains = new(StringComparer.Ordinal);

    /// <summary>Checks an operation.</summary>
    public void Check(ProgramGraph graph, OperationNode operation, OperationPlace location)
    {
        // Constants have rules of their own, and are most of all operations; that a type is missing is told with the arguments.
        if (operation.IsConst || operation.Type.Length == 0)
        {
            return;
        }

        int opset = Platform.OpsetNumber(graph.Opset);
        if (operation.Type == CustomType)
        {
            findings.Add(ValidationRule.CustomOperation, location, "the operation is the app's own.");
        }
        else if (FunctionRules.IsKnown(opset) && operation.Type != WriteState)
        {
            if (OperationSignatures.Find(operation.Type, opset) is { } signature)
            {
                new OperationCheck(operation, signature, graph.Opset, location, _domains, findings).Run();
            }
            else if (OperationSignatures.IsKnown(operation.Type))
            {
                findings.Add(ValidationRule.OperationNotInOpset, location, $"opset {graph.Opset} has no {operation.Type}.");
            }
            else if (!operation.IsConstexpr)
            {
                // A compressed constant that is not known is told with the constants.
                findings.Add(ValidationRule.UnknownOperation, location, $"'{operation.Type}' is no operation of any known opset.");
            }
        }
    }

    /// <summary>The check of one operation.</summary>
    private readonly record struct OperationCheck(OperationNode Operation, OperationSignature Signature, string Opset, OperationPlace Location, Dictionary<string, (string Name, ElementType Type)> Domains, FindingList Findings)
    {
        public void Run()
        {
            foreach (OperationParameter parameter in Signature.Parameters)
            {
                if (IsMissing(parameter))
                {
                    Findings.Add(ValidationRule.MissingParameter, Location, $"the parameter '{parameter.Name}' is missing.");
                }
            }

            Domains.Clear();
            foreach (ValueUse use in Operation.Inputs)
            {
                if (Signature.Parameter(use.Parameter) is { } parameter)
                {
                    CheckType(parameter, MilTypes.ElementTypeOf(use.Type));
                }
                else
                {
                    Findings.Add(ValidationRule.UnknownParameter, Location, $"{Operation.Type} has no parameter '{use.Parameter}' in opset {Opset}.");
                }
            }

            // Up to CoreML7 the parameters of compressed constants are attributes; other attributes may be anything.
            for (int i = 0; i < Operation.Message.AttributeEntries.Count; i++)
            {
                AttributeEntry attribute = Operation.Message.AttributeEntries[i];
                if (attribute.Value is { } value && Signature.Parameter(attribute.Key) is { IsValue: true } parameter)
                {
                    CheckType(parameter, MilTypes.ElementTypeOf(value.Type));
                }
            }

            foreach (ValueUse use in Operation.Inputs)
            {
                if (use.Value is { Maker: not ({ IsConst: true } or { IsConstexpr: true }) } && Signature.Parameter(use.Parameter) is { IsConst: true })
                {
                    Findings.Add(ValidationRule.ParameterNotConstant, Location, $"the parameter '{use.Parameter}' is computed ('{use.Value.Name}'); it must be constant.");
                }
            }
        }

        private bool IsMissing(OperationParameter parameter) => parameter is { IsValue: true, IsOptional: false }
            && !Operation.Message.HasInput(parameter.Name)
            && !Operation.Message.HasAttribute(parameter.Name);

        private void CheckType(OperationParameter parameter, ElementType type)
        {
            if (type == ElementType.Unknown)
            {
                return;
            }

            if (parameter.Types.Count > 0 && !parameter.Types.Contains(MilTypes.Spelling(type)))
            {
                Findings.Add(ValidationRule.ParameterType, Location, $"the parameter '{parameter.Name}' is {MilTypes.Spelling(type)}; opset {Opset} takes {string.Join(", ", parameter.Types)}.");
            }
            else if (parameter.Domain.Length > 0)
            {
                if (!Domains.TryGetValue(parameter.Domain, out (string Name, ElementType Type) other))
                {
                    Domains.Add(parameter.Domain, (parameter.Name, type));
                }
                else if (other.Type != type)
                {
                    Findings.Add(ValidationRule.ParameterType, Location, $"the parameter '{parameter.Name}' is {MilTypes.Spelling(type)} and '{other.Name}' {MilTypes.Spelling(other.Type)}; they must be the same.");
                }
            }
        }
    }
}
