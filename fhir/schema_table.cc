#include "fhir/schema_table.h"

namespace fhir {
namespace {

// From the R4 4.0.1 StructureDefinitions: the types of our domain and every data type they use.
constexpr SchemaRow kRows[] = {
    {"Element", "id:string extension:Extension*"},
    {"BackboneElement", "modifierExtension:Extension*"},
    {"DomainResource",
     "id:id meta:Meta implicitRules:uri language:code text:Narrative contained:Resource*"
     " extension:Extension* modifierExtension:Extension*"},
    {"ActivityDefinition",
     "url:uri identifier:Identifier* version:string name:string title:string subtitle:string"
     " status:code=draft|active|retired|unknown! experimental:boolean"
     " subject[x]:CodeableConcept,Reference(Group) date:dateTime publisher:string"
     " contact:ContactDetail* description:markdown useContext:UsageContext*"
     " jurisdiction:CodeableConcept* purpose:markdown usage:string copyright:markdown"
     " approvalDate:date lastReviewDate:date effectivePeriod:Period topic:CodeableConcept*"
     " author:ContactDetail* editor:ContactDetail* reviewer:ContactDetail*"
     " endorser:ContactDetail* relatedArtifact:RelatedArtifact* library:canonical* kind:code="
     "Appointment|AppointmentResponse|CarePlan|Claim|CommunicationRequest|Contract|"
     "DeviceRequest|EnrollmentRequest|ImmunizationRecommendation|MedicationRequest|"
     "NutritionOrder|ServiceRequest|SupplyRequest|Task|VisionPrescription profile:canonical"
     " code:CodeableConcept intent:code=proposal|plan|directive|order|original-order|"
     "reflex-order|filler-order|instance-order|option priority:code=routine|urgent|asap|stat"
     " doNotPerform:boolean timing[x]:Timing,dateTime,Age,Period,Range,Duration"
     " location:Reference(Location) participant:ActivityDefinition.participant*"
     " product[x]:Reference(Medication|Substance),CodeableConcept quantity:Quantity"
     " dosage:Dosage* bodySite:CodeableConcept*"
     " specimenRequirement:Reference(SpecimenDefinition)*"
     " observationRequirement:Reference(ObservationDefinition)*"
     " observationResultRequirement:Reference(ObservationDefinition)* transform:canonical"
     " dynamicValue:ActivityDefinition.dynamicValue*"},
    {"ActivityDefinition.dynamicValue", "path:string! expression:Expression!"},
    {"ActivityDefinition.participant",
     "type:code=patient|practitioner|related-person|device! role:CodeableConcept"},
    {"Address",
     "use:code=home|work|temp|old|billing type:code=postal|physical|both text:string"
     " line:string* city:string district:string state:string postalCode:string country:string"
     " period:Period"},
    {"Age", "value:decimal comparator:code=<|<=|>=|> unit:string system:uri code:code"},
    {"Annotation",
     "author[x]:Reference(Organization|Patient|Practitioner|RelatedPerson),string"
     " time:dateTime text:markdown!"},
    {"Attachment",
     "contentType:code language:code data:base64Binary url:url size:unsignedInt"
     " hash:base64Binary title:string creation:dateTime"},
    {"CodeableConcept", "coding:Coding* text:string"},
    {"Coding", "system:uri version:string code:code display:string userSelected:boolean"},
    {"Communication",
     "identifier:Identifier* instantiatesCanonical:canonical* instantiatesUri:uri*"
     " basedOn:Reference* partOf:Reference* inResponseTo:Reference(Communication)*"
     " status:code=preparation|in-progress|not-done|on-hold|stopped|completed|"
     "entered-in-error|unknown! statusReason:CodeableConcept category:CodeableConcept*"
     " priority:code=routine|urgent|asap|stat medium:CodeableConcept*"
     " subject:Reference(Group|Patient) topic:CodeableConcept about:Reference*"
     " encounter:Reference(Encounter) sent:dateTime received:dateTime"
     " recipient:Reference(CareTeam|Device|Group|HealthcareService|Organization|Patient|"
     "Practitioner|PractitionerRole|RelatedPerson)* sender:Reference(Device|HealthcareService|"
     "Organization|Patient|Practitioner|PractitionerRole|RelatedPerson)"
     " reasonCode:CodeableConcept* reasonReference:Reference(Condition|DiagnosticReport|"
     "DocumentReference|Observation)* payload:Communication.payload* note:Annotation*"},
    {"Communication.payload", "content[x]:string,Attachment,Reference!"},
    {"CommunicationRequest",
     "identifier:Identifier* basedOn:Reference* replaces:Reference(CommunicationRequest)*"
     " groupIdentifier:Identifier status:code=draft|active|on-hold|revoked|completed|"
     "entered-in-error|unknown! statusReason:CodeableConcept category:CodeableConcept*"
     " priority:code=routine|urgent|asap|stat doNotPerform:boolean medium:CodeableConcept*"
     " subject:Reference(Group|Patient) about:Reference* encounter:Reference(Encounter)"
     " payload:CommunicationRequest.payload* occurrence[x]:dateTime,Period authoredOn:dateTime"
     " requester:Reference(Device|Organization|Patient|Practitioner|PractitionerRole|"
     "RelatedPerson) recipient:Reference(CareTeam|Device|Group|HealthcareService|Organization|"
     "Patient|Practitioner|PractitionerRole|RelatedPerson)* sender:Reference(Device|"
     "HealthcareService|Organization|Patient|Practitioner|PractitionerRole|RelatedPerson)"
     " reasonCode:CodeableConcept* reasonReference:Reference(Condition|DiagnosticReport|"
     "DocumentReference|Observation)* note:Annotation*"},
    {"CommunicationRequest.payload", "content[x]:string,Attachment,Reference!"},
    {"Consent",
     "identifier:Identifier* status:code=draft|proposed|active|rejected|inactive|"
     "entered-in-error! scope:CodeableConcept! category:CodeableConcept!*"
     " patient:Reference(Patient) dateTime:dateTime performer:Reference(Organization|Patient|"
     "Practitioner|PractitionerRole|RelatedPerson)* organization:Reference(Organization)*"
     " source[x]:Attachment,Reference(Consent|Contract|DocumentReference|"
     "QuestionnaireResponse) policy:Consent.policy* policyRule:CodeableConcept"
     " verification:Consent.verification* provision:Consent.provision"},
    {"Consent.policy", "authority:uri uri:uri"},
    {"Consent.provision",
     "type:code=deny|permit period:Period actor:Consent.provision.actor*"
     " action:CodeableConcept* securityLabel:Coding* purpose:Coding* class:Coding*"
     " code:CodeableConcept* dataPeriod:Period data:Consent.provision.data*"
     " provision:Consent.provision*"},
    {"Consent.provision.actor",
     "role:CodeableConcept! reference:Reference(CareTeam|Device|Group|Organization|Patient|"
     "Practitioner|PractitionerRole|RelatedPerson)!"},
    {"Consent.provision.data",
     "meaning:code=instance|related|dependents|authoredby! reference:Reference!"},
    {"Consent.verification",
     "verified:boolean! verifiedWith:Reference(Patient|RelatedPerson)"
     " verificationDate:dateTime"},
    {"ContactDetail", "name:string telecom:ContactPoint*"},
    {"ContactPoint",
     "system:code=phone|fax|email|pager|url|sms|other value:string"
     " use:code=home|work|temp|old|mobile rank:positiveInt period:Period"},
    {"Contract",
     "identifier:Identifier* url:uri version:string status:code=amended|appended|cancelled|"
     "disputed|entered-in-error|executable|executed|negotiable|offered|policy|rejected|"
     "renewed|revoked|resolved|terminated legalState:CodeableConcept"
     " instantiatesCanonical:Reference(Contract) instantiatesUri:uri"
     " contentDerivative:CodeableConcept issued:dateTime applies:Period"
     " expirationType:CodeableConcept subject:Reference* authority:Reference(Organization)*"
     " domain:Reference(Location)* site:Reference(Location)* name:string title:string"
     " subtitle:string alias:string* author:Reference(Organization|Patient|Practitioner|"
     "PractitionerRole) scope:CodeableConcept topic[x]:CodeableConcept,Reference"
     " type:CodeableConcept subType:CodeableConcept*"
     " contentDefinition:Contract.contentDefinition term:Contract.term*"
     " supportingInfo:Reference* relevantHistory:Reference(Provenance)*"
     " signer:Contract.signer* friendly:Contract.friendly* legal:Contract.legal*"
     " rule:Contract.rule* legallyBinding[x]:Attachment,Reference(Composition|Contract|"
     "DocumentReference|QuestionnaireResponse)"},
    {"Contract.contentDefinition",
     "type:CodeableConcept! subType:CodeableConcept publisher:Reference(Organization|"
     "Practitioner|PractitionerRole) publicationDate:dateTime publicationStatus:code=amended|"
     "appended|cancelled|disputed|entered-in-error|executable|executed|negotiable|offered|"
     "policy|rejected|renewed|revoked|resolved|terminated! copyright:markdown"},
    {"Contract.friendly",
     "content[x]:Attachment,Reference(Composition|DocumentReference|QuestionnaireResponse)!"},
    {"Contract.legal",
     "content[x]:Attachment,Reference(Composition|DocumentReference|QuestionnaireResponse)!"},
    {"Contract.rule", "content[x]:Attachment,Reference(DocumentReference)!"},
    {"Contract.signer",
     "type:Coding! party:Reference(Organization|Patient|Practitioner|PractitionerRole|"
     "RelatedPerson)! signature:Signature!*"},
    {"Contract.term",
     "identifier:Identifier issued:dateTime applies:Period topic[x]:CodeableConcept,Reference"
     " type:CodeableConcept subType:CodeableConcept text:string"
     " securityLabel:Contract.term.securityLabel* offer:Contract.term.offer!"
     " asset:Contract.term.asset* action:Contract.term.action* group:Contract.term*"},
    {"Contract.term.action",
     "doNotPerform:boolean type:CodeableConcept! subject:Contract.term.action.subject*"
     " intent:CodeableConcept! linkId:string* status:CodeableConcept!"
     " context:Reference(Encounter|EpisodeOfCare) contextLinkId:string*"
     " occurrence[x]:dateTime,Period,Timing requester:Reference(Device|Group|Organization|"
     "Patient|Practitioner|PractitionerRole|RelatedPerson)* requesterLinkId:string*"
     " performerType:CodeableConcept* performerRole:CodeableConcept"
     " performer:Reference(CareTeam|Device|Location|Organization|Patient|Practitioner|"
     "PractitionerRole|RelatedPerson|Substance) performerLinkId:string*"
     " reasonCode:CodeableConcept* reasonReference:Reference(Condition|DiagnosticReport|"
     "DocumentReference|Observation|Questionnaire|QuestionnaireResponse)* reason:string*"
     " reasonLinkId:string* note:Annotation* securityLabelNumber:unsignedInt*"},
    {"Contract.term.action.subject",
     "reference:Reference(Device|Group|Organization|Patient|Practitioner|PractitionerRole|"
     "RelatedPerson)!* role:CodeableConcept"},
    {"Contract.term.asset",
     "scope:CodeableConcept type:CodeableConcept* typeReference:Reference*"
     " subtype:CodeableConcept* relationship:Coding context:Contract.term.asset.context*"
     " condition:string periodType:CodeableConcept* period:Period* usePeriod:Period*"
     " text:string linkId:string* answer:Contract.term.offer.answer*"
     " securityLabelNumber:unsignedInt* valuedItem:Contract.term.asset.valuedItem*"},
    {"Contract.term.asset.context", "reference:Reference code:CodeableConcept* text:string"},
    {"Contract.term.asset.valuedItem",
     "entity[x]:CodeableConcept,Reference identifier:Identifier effectiveTime:dateTime"
     " quantity:Quantity unitPrice:Money factor:decimal points:decimal net:Money"
     " payment:string paymentDate:dateTime responsible:Reference(Organization|Patient|"
     "Practitioner|PractitionerRole|RelatedPerson) recipient:Reference(Organization|Patient|"
     "Practitioner|PractitionerRole|RelatedPerson) linkId:string*"
     " securityLabelNumber:unsignedInt*"},
    {"Contract.term.offer",
     "identifier:Identifier* party:Contract.term.offer.party* topic:Reference"
     " type:CodeableConcept decision:CodeableConcept decisionMode:CodeableConcept*"
     " answer:Contract.term.offer.answer* text:string linkId:string*"
     " securityLabelNumber:unsignedInt*"},
    {"Contract.term.offer.answer",
     "value[x]:boolean,decimal,integer,date,dateTime,time,string,uri,Attachment,Coding,"
     "Quantity,Reference!"},
    {"Contract.term.offer.party",
     "reference:Reference(Device|Group|Organization|Patient|Practitioner|PractitionerRole|"
     "RelatedPerson)!* role:CodeableConcept!"},
    {"Contract.term.securityLabel",
     "number:unsignedInt* classification:Coding! category:Coding* control:Coding*"},
    {"Contributor",
     "type:code=author|editor|reviewer|endorser! name:string! contact:ContactDetail*"},
    {"Count", "value:decimal comparator:code=<|<=|>=|> unit:string system:uri code:code"},
    {"Coverage",
     "identifier:Identifier* status:code=active|cancelled|draft|entered-in-error!"
     " type:CodeableConcept policyHolder:Reference(Organization|Patient|RelatedPerson)"
     " subscriber:Reference(Patient|RelatedPerson) subscriberId:string"
     " beneficiary:Reference(Patient)! dependent:string relationship:CodeableConcept"
     " period:Period payor:Reference(Organization|Patient|RelatedPerson)!*"
     " class:Coverage.class* order:positiveInt network:string"
     " costToBeneficiary:Coverage.costToBeneficiary* subrogation:boolean"
     " contract:Reference(Contract)*"},
    {"Coverage.class", "type:CodeableConcept! value:string! name:string"},
    {"Coverage.costToBeneficiary",
     "type:CodeableConcept value[x]:Quantity,Money!"
     " exception:Coverage.costToBeneficiary.exception*"},
    {"Coverage.costToBeneficiary.exception", "type:CodeableConcept! period:Period"},
    {"DataRequirement",
     "type:code! profile:canonical* subject[x]:CodeableConcept,Reference(Group)"
     " mustSupport:string* codeFilter:DataRequirement.codeFilter*"
     " dateFilter:DataRequirement.dateFilter* limit:positiveInt sort:DataRequirement.sort*"},
    {"DataRequirement.codeFilter",
     "path:string searchParam:string valueSet:canonical code:Coding*"},
    {"DataRequirement.dateFilter",
     "path:string searchParam:string value[x]:dateTime,Period,Duration"},
    {"DataRequirement.sort", "path:string! direction:code=ascending|descending!"},
    {"Distance", "value:decimal comparator:code=<|<=|>=|> unit:string system:uri code:code"},
    {"Dosage",
     "sequence:integer text:string additionalInstruction:CodeableConcept*"
     " patientInstruction:string timing:Timing asNeeded[x]:boolean,CodeableConcept"
     " site:CodeableConcept route:CodeableConcept method:CodeableConcept"
     " doseAndRate:Dosage.doseAndRate* maxDosePerPeriod:Ratio"
     " maxDosePerAdministration:Quantity maxDosePerLifetime:Quantity"},
    {"Dosage.doseAndRate",
     "type:CodeableConcept dose[x]:Range,Quantity rate[x]:Ratio,Range,Quantity"},
    {"Duration", "value:decimal comparator:code=<|<=|>=|> unit:string system:uri code:code"},
    {"Expression", "description:string name:id language:code! expression:string reference:uri"},
    {"Extension", "url:uri! value[x]:?"},
    {"HumanName",
     "use:code=usual|official|temp|nickname|anonymous|old|maiden text:string family:string"
     " given:string* prefix:string* suffix:string* period:Period"},
    {"Identifier",
     "use:code=usual|official|temp|secondary|old type:CodeableConcept system:uri value:string"
     " period:Period assigner:Reference(Organization)"},
    {"MedicationRequest",
     "identifier:Identifier* status:code=active|on-hold|cancelled|completed|entered-in-error|"
     "stopped|draft|unknown! statusReason:CodeableConcept intent:code=proposal|plan|order|"
     "original-order|reflex-order|filler-order|instance-order|option!"
     " category:CodeableConcept* priority:code=routine|urgent|asap|stat doNotPerform:boolean"
     " reported[x]:boolean,Reference(Organization|Patient|Practitioner|PractitionerRole|"
     "RelatedPerson) medication[x]:CodeableConcept,Reference(Medication)!"
     " subject:Reference(Group|Patient)! encounter:Reference(Encounter)"
     " supportingInformation:Reference* authoredOn:dateTime requester:Reference(Device|"
     "Organization|Patient|Practitioner|PractitionerRole|RelatedPerson)"
     " performer:Reference(CareTeam|Device|Organization|Patient|Practitioner|PractitionerRole|"
     "RelatedPerson) performerType:CodeableConcept"
     " recorder:Reference(Practitioner|PractitionerRole) reasonCode:CodeableConcept*"
     " reasonReference:Reference(Condition|Observation)* instantiatesCanonical:canonical*"
     " instantiatesUri:uri* basedOn:Reference(CarePlan|ImmunizationRecommendation|"
     "MedicationRequest|ServiceRequest)* groupIdentifier:Identifier"
     " courseOfTherapyType:CodeableConcept insurance:Reference(ClaimResponse|Coverage)*"
     " note:Annotation* dosageInstruction:Dosage*"
     " dispenseRequest:MedicationRequest.dispenseRequest"
     " substitution:MedicationRequest.substitution"
     " priorPrescription:Reference(MedicationRequest) detectedIssue:Reference(DetectedIssue)*"
     " eventHistory:Reference(Provenance)*"},
    {"MedicationRequest.dispenseRequest",
     "initialFill:MedicationRequest.dispenseRequest.initialFill dispenseInterval:Duration"
     " validityPeriod:Period numberOfRepeatsAllowed:unsignedInt quantity:Quantity"
     " expectedSupplyDuration:Duration performer:Reference(Organization)"},
    {"MedicationRequest.dispenseRequest.initialFill", "quantity:Quantity duration:Duration"},
    {"MedicationRequest.substitution",
     "allowed[x]:boolean,CodeableConcept! reason:CodeableConcept"},
    {"Meta",
     "versionId:id lastUpdated:instant source:uri profile:canonical* security:Coding*"
     " tag:Coding*"},
    {"Money", "value:decimal currency:code"},
    {"Narrative", "status:code=generated|extensions|additional|empty! div:xhtml!"},
    {"Organization",
     "identifier:Identifier* active:boolean type:CodeableConcept* name:string alias:string*"
     " telecom:ContactPoint* address:Address* partOf:Reference(Organization)"
     " contact:Organization.contact* endpoint:Reference(Endpoint)*"},
    {"Organization.contact",
     "purpose:CodeableConcept name:HumanName telecom:ContactPoint* address:Address"},
    {"ParameterDefinition",
     "name:code use:code=in|out! min:integer max:string documentation:string type:code!"
     " profile:canonical"},
    {"Patient",
     "identifier:Identifier* active:boolean name:HumanName* telecom:ContactPoint*"
     " gender:code=male|female|other|unknown birthDate:date deceased[x]:boolean,dateTime"
     " address:Address* maritalStatus:CodeableConcept multipleBirth[x]:boolean,integer"
     " photo:Attachment* contact:Patient.contact* communication:Patient.communication*"
     " generalPractitioner:Reference(Organization|Practitioner|PractitionerRole)*"
     " managingOrganization:Reference(Organization) link:Patient.link*"},
    {"Patient.communication", "language:CodeableConcept! preferred:boolean"},
    {"Patient.contact",
     "relationship:CodeableConcept* name:HumanName telecom:ContactPoint* address:Address"
     " gender:code=male|female|other|unknown organization:Reference(Organization)"
     " period:Period"},
    {"Patient.link",
     "other:Reference(Patient|RelatedPerson)! type:code=replaced-by|replaces|refer|seealso!"},
    {"Period", "start:dateTime end:dateTime"},
    {"Practitioner",
     "identifier:Identifier* active:boolean name:HumanName* telecom:ContactPoint*"
     " address:Address* gender:code=male|female|other|unknown birthDate:date photo:Attachment*"
     " qualification:Practitioner.qualification* communication:CodeableConcept*"},
    {"Practitioner.qualification",
     "identifier:Identifier* code:CodeableConcept! period:Period"
     " issuer:Reference(Organization)"},
    {"Provenance",
     "target:Reference!* occurred[x]:Period,dateTime recorded:instant! policy:uri*"
     " location:Reference(Location) reason:CodeableConcept* activity:CodeableConcept"
     " agent:Provenance.agent!* entity:Provenance.entity* signature:Signature*"},
    {"Provenance.agent",
     "type:CodeableConcept role:CodeableConcept* who:Reference(Device|Organization|Patient|"
     "Practitioner|PractitionerRole|RelatedPerson)! onBehalfOf:Reference(Device|Organization|"
     "Patient|Practitioner|PractitionerRole|RelatedPerson)"},
    {"Provenance.entity",
     "role:code=derivation|revision|quotation|source|removal! what:Reference!"
     " agent:Provenance.agent*"},
    {"Quantity", "value:decimal comparator:code=<|<=|>=|> unit:string system:uri code:code"},
    {"Range", "low:Quantity high:Quantity"},
    {"Ratio", "numerator:Quantity denominator:Quantity"},
    {"Reference", "reference:string type:uri identifier:Identifier display:string"},
    {"RelatedArtifact",
     "type:code=documentation|justification|citation|predecessor|successor|derived-from|"
     "depends-on|composed-of! label:string display:string citation:markdown url:url"
     " document:Attachment resource:canonical"},
    {"RelatedPerson",
     "identifier:Identifier* active:boolean patient:Reference(Patient)!"
     " relationship:CodeableConcept* name:HumanName* telecom:ContactPoint*"
     " gender:code=male|female|other|unknown birthDate:date address:Address* photo:Attachment*"
     " period:Period communication:RelatedPerson.communication*"},
    {"RelatedPerson.communication", "language:CodeableConcept! preferred:boolean"},
    {"SampledData",
     "origin:Quantity! period:decimal! factor:decimal lowerLimit:decimal upperLimit:decimal"
     " dimensions:positiveInt! data:string"},
    {"Signature",
     "type:Coding!* when:instant! who:Reference(Device|Organization|Patient|Practitioner|"
     "PractitionerRole|RelatedPerson)! onBehalfOf:Reference(Device|Organization|Patient|"
     "Practitioner|PractitionerRole|RelatedPerson) targetFormat:code sigFormat:code"
     " data:base64Binary"},
    {"Task",
     "identifier:Identifier* instantiatesCanonical:canonical instantiatesUri:uri"
     " basedOn:Reference* groupIdentifier:Identifier partOf:Reference(Task)* status:code="
     "draft|requested|received|accepted|rejected|ready|cancelled|in-progress|on-hold|failed|"
     "completed|entered-in-error! statusReason:CodeableConcept businessStatus:CodeableConcept"
     " intent:code=unknown|proposal|plan|order|original-order|reflex-order|filler-order|"
     "instance-order|option! priority:code=routine|urgent|asap|stat code:CodeableConcept"
     " description:string focus:Reference for:Reference encounter:Reference(Encounter)"
     " executionPeriod:Period authoredOn:dateTime lastModified:dateTime"
     " requester:Reference(Device|Organization|Patient|Practitioner|PractitionerRole|"
     "RelatedPerson) performerType:CodeableConcept* owner:Reference(CareTeam|Device|"
     "HealthcareService|Organization|Patient|Practitioner|PractitionerRole|RelatedPerson)"
     " location:Reference(Location) reasonCode:CodeableConcept reasonReference:Reference"
     " insurance:Reference(ClaimResponse|Coverage)* note:Annotation*"
     " relevantHistory:Reference(Provenance)* restriction:Task.restriction input:Task.input*"
     " output:Task.output*"},
    {"Task.input", "type:CodeableConcept! value[x]:?!"},
    {"Task.output", "type:CodeableConcept! value[x]:?!"},
    {"Task.restriction",
     "repetitions:positiveInt period:Period recipient:Reference(Group|Organization|Patient|"
     "Practitioner|PractitionerRole|RelatedPerson)*"},
    {"Timing", "event:dateTime* repeat:Timing.repeat code:CodeableConcept"},
    {"Timing.repeat",
     "bounds[x]:Duration,Range,Period count:positiveInt countMax:positiveInt duration:decimal"
     " durationMax:decimal durationUnit:code=s|min|h|d|wk|mo|a frequency:positiveInt"
     " frequencyMax:positiveInt period:decimal periodMax:decimal"
     " periodUnit:code=s|min|h|d|wk|mo|a dayOfWeek:code=mon|tue|wed|thu|fri|sat|sun*"
     " timeOfDay:time* when:code=MORN|MORN.early|MORN.late|NOON|AFT|AFT.early|AFT.late|EVE|"
     "EVE.early|EVE.late|NIGHT|PHS|HS|WAKE|C|CM|CD|CV|AC|ACM|ACD|ACV|PC|PCM|PCD|PCV*"
     " offset:unsignedInt"},
    {"TriggerDefinition",
     "type:code=named-event|periodic|data-changed|data-added|data-modified|data-removed|"
     "data-accessed|data-access-ended! name:string"
     " timing[x]:Timing,Reference(Schedule),date,dateTime data:DataRequirement*"
     " condition:Expression"},
    {"UsageContext",
     "code:Coding! value[x]:CodeableConcept,Quantity,Range,Reference(Group|HealthcareService|"
     "InsurancePlan|Location|Organization|PlanDefinition|ResearchStudy)!"},
};

constexpr std::string_view kOpenTypes =
    "base64Binary boolean canonical code date dateTime decimal id instant integer markdown"
    " oid positiveInt string time unsignedInt uri url uuid Address Age Annotation Attachment"
    " CodeableConcept Coding ContactPoint Count Distance Duration HumanName Identifier Money"
    " Period Quantity Range Ratio Reference SampledData Signature Timing ContactDetail"
    " Contributor DataRequirement Expression ParameterDefinition RelatedArtifact"
    " TriggerDefinition UsageContext Dosage Meta";

}  // namespace

std::span<const SchemaRow> SchemaRows() { return kRows; }

std::string_view OpenTypes() { return kOpenTypes; }

}  // namespace fhir
